// Prices on error and on work. The formulas are in words below the table.
const priceOf = form => Object.fromEntries([...form.querySelectorAll('input')].map(input => [input.name, Number(input.value)]))
const dollars = value => `${value < 0 ? '\u2212' : ''}$${whole(Math.abs(value))}`

// A year of one life with one model, and of the building that its level needs.
const error = (life, price) => life.excess * life.trips * price.minute
const people = (life, price) => life.hours * price.hour
const build = (level, price) => (price[`build-${level}`] ?? 0) * price.hour / price.years
const building = (life, price) => Array.from({ length: life.level + 1 }, (_, level) => build(level, price)).reduce((sum, one) => sum + one, 0)
const costOf = (life, price) => price.models * (error(life, price) + people(life, price)) + building(life, price)

// From how many models on a level pays; Infinity where it saves nothing.
const paysFrom = (low, up, price) => {
  const saved = error(low, price) + people(low, price) - error(up, price) - people(up, price)
  return saved > 0 ? Math.max(1, Math.ceil(build(up.level, price) / saved - 1e-9)) : Infinity
}

const drawMoney = (rows, form) => {
  const price = priceOf(form)
  for (const input of form.querySelectorAll('input')) {
    const said = input.dataset.before + (input.step === '0.01' ? Number(input.value).toFixed(2) : whole(Number(input.value))) + input.dataset.behind
    input.previousElementSibling.textContent = said
    input.setAttribute('aria-valuetext', said)
  }
  const known = rows.filter(life => life.sound && !life.oracle)
  const ranked = known.filter(life => life.level >= 0).sort((one, other) => costOf(one, price) - costOf(other, price))
  document.querySelector('#costs tbody').replaceChildren(...rows.filter(life => !life.oracle).map(life => costRow(life, price, life === ranked[0])))
  document.getElementById('cheapest').textContent = cheapest(ranked, known.find(life => life.name === 'never'), price)
  const levels = known.filter(life => life.plain)
  const lines = levels.slice(1).map((up, at) => pays(levels[at], up, price))
  document.getElementById('pays').replaceChildren(...lines.map(line => element('li', {}, line)))
  for (const place of document.querySelectorAll('[data-pays]')) {
    place.textContent = lines[levels.findIndex(life => life.level === Number(place.dataset.pays)) - 1] ?? ''
  }
}

const costRow = (life, price, best) => {
  const cells = !life.sound ? ['crashed', '–', '–', '–'] : life.level < 0 ? ['–', dollars(price.models * error(life, price)), '–', '–']
    : [costOf(life, price), price.models * error(life, price), price.models * people(life, price), building(life, price)].map(dollars)
  return element('tr', { className: `${best ? 'best' : ''} ${life.plain ? 'level' : ''}` },
    element('th', { scope: 'row' }, life.label + (best ? ' ✓ cheapest' : '')), ...cells.map(cell => element('td', {}, cell)))
}

const cheapest = (ranked, never, price) => {
  if (!ranked.length) return 'No level lived to the end of this stream.'
  const many = `With ${price.models === 1 ? 'one model' : `${price.models} models`} like this one`
  const next = ranked[1] ? `, ${dollars(costOf(ranked[1], price) - costOf(ranked[0], price))} less than ${ranked[1].label}, the next` : ''
  const nobody = never ? ` Never learning again would cost ${dollars(price.models * error(never, price))} in error, and nobody's time.` : ''
  return `${many}, ${ranked[0].label} is cheapest at these prices: ${dollars(costOf(ranked[0], price))} a year${next}.${nobody}`
}

const pays = (low, up, price) => {
  const from = paysFrom(low, up, price)
  const level = up.name[0].toUpperCase() + up.name.slice(1)
  if (from === Infinity) return `${level} does not pay over ${low.name} at these prices: it saves nothing a year.`
  return `${level} pays over ${low.name} from ${from === 1 ? 'the first model' : `${whole(from)} models`} on.`
}

// The switches: they show the words of a stream and an office, and have the plots drawn again.
const data = JSON.parse(document.getElementById('data').textContent)
const pick = document.getElementById('pick'), prices = document.getElementById('prices')
const day = document.getElementById('day'), readout = document.getElementById('readout')
const shown = new Set(Object.values(data.streams).flatMap(stream => stream.timeline.lives).filter(life => life.on).map(life => life.name))
let chart

const chosen = () => {
  const of = name => pick.querySelector(`[name=${name}]:checked`)?.value ?? ''
  return { stream: of('stream'), office: of('office') }
}
const figures = stream => data.streams[stream].offices[chosen().office]
const plots = kind => document.querySelectorAll(`[data-plot=${kind}]`)

const draw = () => {
  const { stream, office } = chosen()
  for (const holder of plots('lines')) chart = drawLines(holder, data.streams[stream].timeline, office, shown)
  for (const holder of plots('bars')) drawBars(holder, figures(stream).bars)
  for (const holder of plots('strips')) drawStrips(holder, figures(holder.dataset.stream).strips)
  read()
}

// The values of one day, in words.
const read = () => {
  const { time } = chart, at = Math.min(Number(day.value), time.days - 1), date = iso(dayOf(time.first, at))
  day.max = time.days - 1
  day.setAttribute('aria-valuetext', date)
  for (const end of ['x1', 'x2']) chart.cross?.setAttribute(end, chart.x(at))
  const values = time.lives.filter(life => shown.has(life.name)).map(life => {
    const value = lineOf(life, chosen().office)[at]
    return element('b', {}, `${life.name} ${value == null ? '–' : value.toFixed(2)}`)
  })
  readout.replaceChildren(element('b', {}, date), ...values.flatMap(value => [' ', value]))
}

const legend = () => {
  const box = element('fieldset', { className: 'legend' }, element('legend', {}, 'Lives that are drawn'))
  for (const life of data.streams[chosen().stream].timeline.lives) {
    const tick = element('input', { type: 'checkbox', checked: shown.has(life.name) })
    tick.addEventListener('change', () => { shown[tick.checked ? 'add' : 'delete'](life.name); draw() })
    const line = node('svg', { viewBox: '0 0 30 12', 'aria-hidden': 'true' }, rule(0, 6, 30, 6, `stroke:${life.colour};stroke-width:3;stroke-dasharray:${life.dash || 'none'}`))
    box.append(element('label', {}, tick, line, life.name))
  }
  for (const [said, fits] of [['all', () => true], ['levels', life => life.on]]) {
    const button = element('button', { type: 'button' }, said)
    button.addEventListener('click', () => {
      shown.clear()
      for (const life of data.streams[chosen().stream].timeline.lives.filter(fits)) shown.add(life.name)
      legend()
      draw()
      document.querySelectorAll('.legend button')[said === 'all' ? 0 : 1].focus()
    })
    box.append(button)
  }
  document.querySelector('[data-legend]').replaceChildren(box)
}

const choose = () => {
  const { stream, office } = chosen()
  for (const part of document.querySelectorAll('.choice')) {
    part.hidden = (part.dataset.stream && part.dataset.stream !== stream) || part.dataset.office !== office
  }
  legend()
  day.value = Math.min(Number(day.value), data.streams[stream].timeline.days - 1)
  draw()
  drawMoney(figures(stream).money, prices)
}

pick.addEventListener('change', choose)
prices.addEventListener('input', () => drawMoney(figures(chosen().stream).money, prices))
day.addEventListener('input', read)
plots('lines')[0].addEventListener('pointermove', event => {
  const box = event.currentTarget.getBoundingClientRect(), at = (event.clientX - box.left) * chart.width / box.width
  day.value = Math.round((at - chart.from) / (chart.to - chart.from) * (chart.time.days - 1))
  read()
})
document.getElementById('print').addEventListener('click', () => {
  document.body.classList.add('only-sheet')
  print()
  document.body.classList.remove('only-sheet')
})
let width = innerWidth
addEventListener('resize', () => { if (innerWidth !== width) { width = innerWidth; draw() } })
day.max = data.streams[chosen().stream].timeline.days - 1
day.value = 30
choose()

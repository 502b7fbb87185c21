// What every plot is made of. Colours are the page's own, so that day and night change them without a new drawing.
const node = (name, attributes = {}, ...inside) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...inside)
  return made
}
const word = (x, y, said, attributes = {}) => node('text', { x, y, ...attributes }, said)
const rule = (x1, y1, x2, y2, style = '') => node('line', style ? { x1, y1, x2, y2, style } : { x1, y1, x2, y2, class: 'axis' })
const element = (name, properties = {}, ...inside) => {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...inside)
  return made
}

// A drawing as wide as its place, named for those who do not see it.
let drawings = 0
const drawing = (holder, height, said) => {
  const width = Math.max(300, holder.clientWidth), id = `drawing-${drawings++}`
  const svg = node('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-labelledby': `${id}-t ${id}-d` },
    node('title', { id: `${id}-t` }, holder.dataset.title), node('desc', { id: `${id}-d` }, said))
  holder.replaceChildren(svg)
  return { svg, width }
}

// From values to pixels.
const scale = (low, high, from, to) => value => from + (value - low) / (high - low || 1) * (to - from)

// Round numbers from low to high, about as many as asked for.
const ticks = (low, high, many) => {
  const rough = (high - low) / many || 1, power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(times => times * power).find(one => one >= rough)
  const found = []
  for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9; at++) found.push(Number((at * step).toPrecision(12)))
  return found
}
const dayOf = (first, at) => new Date(Date.parse(`${first}T00:00:00Z`) + at * 864e5)
const iso = date => date.toISOString().slice(0, 10)
const whole = value => Math.round(value).toLocaleString('en-US').replace('-', '\u2212')

// Stripes of a colour, for what is a variant of a level.
const stripes = (id, colour) => node('pattern', { id, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
  node('rect', { width: 6, height: 6, style: `fill:${colour};opacity:.25` }), node('rect', { width: 3, height: 6, style: `fill:${colour}` }))

// Error over time: bands over the offices, the line of the chosen one, incidents, and deployments below.
const LANE = 17, PLOT = 330, LEFT = 54
const lineOf = (life, office) => life.lines[office] ?? life.lines[''] ?? Object.values(life.lines)[0]
const marksOf = (life, office) => life.marks[office] ?? life.marks[''] ?? Object.values(life.marks)[0] ?? []

const bandOf = life => {
  const lines = Object.values(life.lines)
  if (lines.length < 2) return []
  const days = Array.from({ length: Math.max(...lines.map(line => line.length)) }, (_, day) => lines.map(line => line[day]).filter(value => value != null))
  return days.map((values, day) => [day, Math.min(...values), Math.max(...values)]).filter(one => Number.isFinite(one[1]))
}

const drawLines = (holder, time, office, shown) => {
  const lives = time.lives.filter(life => shown.has(life.name)), lanes = lives.filter(life => life.level)
  const height = 24 + PLOT + 24 + LANE * lanes.length + 6
  const { svg, width } = drawing(holder, height, `${lives.length} lives over ${time.days} days from ${time.first}. The table below has the same figures by month.`)
  const roomy = width > 640, right = width - (roomy ? 128 : 10), bottom = 24 + PLOT
  const bands = lives.map(bandOf), drawn = lives.map(life => lineOf(life, office))
  const values = [...drawn.flat().filter(value => value != null), ...bands.flat().flatMap(band => band.slice(1))]
  const low = Math.min(...values), high = Math.max(...values)
  const x = scale(0, time.days - 1, LEFT, right), y = scale(low, high, bottom - 6, 30)
  if (!values.length) return { x, time }

  for (const one of time.incidents) {
    svg.append(node('rect', { x: x(one.from), y: 24, width: Math.max(2, x(one.to) - x(one.from)), height: PLOT, style: 'fill:var(--shade)' }))
  }
  for (const value of ticks(low, high, 6)) {
    svg.append(rule(LEFT, y(value), right, y(value)), word(LEFT - 8, y(value) + 4, String(value), { 'text-anchor': 'end', class: 'soft' }))
  }
  svg.append(...months(time, x, bottom), ...incidents(time, x, right))
  bands.forEach((band, at) => band.length && svg.append(node('path', { class: 'band', style: `fill:${lives[at].colour};opacity:.16`,
    d: `M${[...band.map(one => [x(one[0]), y(one[2])]), ...band.reverse().map(one => [x(one[0]), y(one[1])])].map(near).join('L')}Z` })))
  const ordered = [...lives].sort((one, other) => one.level - other.level)
  for (const life of ordered) {
    const line = lineOf(life, office), ends = line.length - 1
    svg.append(node('path', { class: 'life', 'data-life': life.name, d: path(line, x, y),
      style: `fill:none;stroke:${life.colour};stroke-width:${life.level ? 2 : 1.6};stroke-dasharray:${life.dash || 'none'};stroke-linejoin:round` }))
    if (ends < time.days - 1 && line[ends] != null) svg.append(word(x(ends), y(line[ends]) + 5, '✕', { class: 'end', 'text-anchor': 'middle', style: 'fill:var(--stopped);font-weight:700' }))
  }
  if (roomy) svg.append(...labels(lives, office, right, y, x))
  lanes.forEach((life, at) => svg.append(...lane(life, office, bottom + 26 + LANE * (at + .5), x, right)))
  const cross = node('line', { y1: 24, y2: height - 6, x1: -9, x2: -9, style: 'stroke:var(--ink);stroke-width:1;opacity:.45', 'data-cross': '' })
  svg.append(cross)
  return { x, time, cross, width, from: LEFT, to: right }
}

const near = point => point.map(value => value.toFixed(1)).join(' ')
const path = (line, x, y) => {
  let made = '', pen = 'M'
  line.forEach((value, day) => {
    if (value == null) { pen = 'M'; return }
    made += pen + near([x(day), y(value)])
    pen = 'L'
  })
  return made
}

const months = (time, x, bottom) => {
  const found = [], room = x(30) - x(0), each = room > 55 ? 1 : room > 28 ? 2 : 3
  for (let day = 0; day < time.days; day++) {
    const date = dayOf(time.first, day)
    if (date.getUTCDate() !== 1) continue
    found.push(rule(x(day), bottom, x(day), bottom + 5))
    if (date.getUTCMonth() % each) continue
    const year = date.getUTCMonth() && found.some(one => one.tagName === 'text') ? '' : ` ’${String(date.getUTCFullYear()).slice(2)}`
    const said = date.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' }) + year
    found.push(word(x(day) + 3, bottom + 16, said, { class: 'soft' }))
  }
  return found
}

// The name of an incident above its shade, unless the one before leaves no room.
const incidents = (time, x, right) => {
  let free = 0
  return time.incidents.map(one => {
    const at = Math.min(x(one.from), right - 7 * one.name.length)
    if (at < free) return ''
    free = at + 7 * one.name.length
    return word(at, 16, one.name, { class: 'soft' })
  })
}

// Names at the right end, pushed apart where lines end side by side.
const labels = (lives, office, right, y, x) => {
  const ends = lives.flatMap(life => {
    const line = lineOf(life, office), last = line.findLastIndex(value => value != null)
    return last < 0 || x(last) < right - 40 ? [] : [{ life, at: y(line[last]), y: y(line[last]) }]
  }).sort((one, other) => one.y - other.y)
  ends.forEach((end, at) => { if (at) end.y = Math.max(end.y, ends[at - 1].y + 14) })
  let free = 24 + PLOT + 4
  for (const end of [...ends].reverse()) { end.y = Math.min(end.y, free); free = end.y - 14 }
  return ends.flatMap(({ life, at, y }) => [rule(right + 1, at, right + 10, y, `stroke:${life.colour};stroke-width:1.2`),
    word(right + 13, y + 4, life.name.length > 17 ? `${life.name.slice(0, 16)}…` : life.name)])
}

const lane = (life, office, y, x, right) => [
  word(LEFT - 8, y + 4, life.name, { 'text-anchor': 'end', style: 'font-size:11px' }), rule(LEFT, y, right, y),
  ...marksOf(life, office).map(([day, kind]) => kind === 'deploy'
    ? node('line', { class: 'deploy', x1: x(day), x2: x(day), y1: y - 6, y2: y + 6, style: `stroke:${life.colour};stroke-width:2` })
    : word(x(day), y + 5, '✕', { class: 'return', 'text-anchor': 'middle', style: 'fill:var(--stopped);font-weight:700' })),
]

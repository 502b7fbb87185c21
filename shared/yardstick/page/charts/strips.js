// A life a row: a dot a seed, the median as a bar, and the line that holds nine of ten.
const drawStrips = (holder, rows) => {
  if (!rows.length) { holder.replaceChildren(); return }
  const roomy = holder.clientWidth > 640, row = roomy ? 27 : 40, left = roomy ? 190 : 6, height = row * rows.length + 26
  const { svg, width } = drawing(holder, height, rows.map(life => `${life.label}: median ${whole(life.spread[1])}, from ${whole(life.spread[0])} to ${whole(life.spread[2])}`).join('; '))
  const every = rows.flatMap(life => life.values), low = Math.min(0, ...every), high = Math.max(1, ...every)
  const x = scale(low, high, left, Math.min(width, 1000) - 50)
  for (const value of ticks(low, high, width > 640 ? 8 : 4)) {
    svg.append(rule(x(value), 0, x(value), height - 22), word(x(value), height - 8, whole(value), { 'text-anchor': 'middle', class: 'soft' }))
  }
  rows.forEach((life, at) => {
    const y = row * (at + 1) - 13, ink = `stroke:${life.colour};`
    svg.append(word(2, roomy ? y + 4 : y - 13, life.label), rule(x(life.spread[0]), y, x(life.spread[2]), y, `${ink}stroke-width:2`))
    for (const value of life.values) svg.append(node('circle', { class: 'seed', cx: x(value), cy: y, r: 4, style: `fill:${life.colour};opacity:.45` }))
    svg.append(rule(x(life.spread[1]), y - 8, x(life.spread[1]), y + 8, `${ink}stroke-width:4`),
      word(Math.max(...life.values.map(x), x(life.spread[2])) + 10, y + 4, whole(life.spread[1]), { style: 'font-weight:600' }))
  })
}

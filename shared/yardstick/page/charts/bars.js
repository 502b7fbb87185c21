// A bar a life; the level solid, its variants striped, with the difference behind the figure.
const drawBars = (holder, groups) => {
  const rows = groups.flatMap((group, at) => group.bars.map((bar, inside) => ({ ...bar, inside, gap: inside === 0 && at > 0 })))
  holder.closest('figure').hidden = !rows.length
  if (!rows.length) { holder.replaceChildren(); return }
  const tops = []
  let height = 4
  for (const row of rows) { height += row.gap ? 16 : 0; tops.push(height); height += 38 }
  const said = rows.map(row => `${row.label} ${whole(row.value)}${row.more ? ` (${row.more})` : ''}`).join(', ')
  const { svg, width } = drawing(holder, height, said)
  const low = Math.min(0, ...rows.map(row => row.value)), high = Math.max(1, ...rows.map(row => row.value))
  const x = scale(low, high, 0, Math.min(width, 900) - 110), id = svg.querySelector('title').id
  rows.forEach((row, at) => {
    const pattern = `${id}-${at}`, from = Math.min(x(0), x(row.value))
    if (row.inside) svg.append(node('defs', {}, stripes(pattern, row.colour)))
    svg.append(word(0, tops[at] + 12, row.label), node('rect', { class: 'bar', x: from, y: tops[at] + 17, height: 14, rx: 2,
      width: Math.max(1, Math.abs(x(row.value) - x(0))), style: `fill:${row.inside ? `url(#${pattern})` : row.colour}` }))
    svg.append(word(Math.max(x(0), x(row.value)) + 6, tops[at] + 29, whole(row.value) + (row.more ? `  (${row.more})` : ''), { style: 'font-weight:600' }))
  })
}

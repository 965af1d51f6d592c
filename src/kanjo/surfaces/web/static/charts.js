// Draws the charts of a page from the numbers beside them. SVG, no animation, colours from the tokens.
(() => {
  "use strict";
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = [...document.querySelectorAll("[data-chart]")].map((box) => {
    const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const chart = echarts.init(box, null, { renderer: "svg" });
    const draw = () => {
      const narrow = box.clientWidth < 500;
      chart.setOption({
        animation: false,
        textStyle: { fontFamily: token("--jp"), color: token("--ink-2") },
        grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
        legend: { show: data.series.length > 1, top: 0, left: 0, textStyle: { color: token("--ink-2") } },
        tooltip: {
          trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText",
          formatter: (at) => [at[0].name, ...at.map((one) => `${one.seriesName}  ${data.series[one.seriesIndex].words[one.dataIndex]}`)].join("\n"),
        },
        xAxis: {
          type: "category", data: data.names, axisTick: { show: false }, axisLine: { lineStyle: { color: token("--line-strong") } },
          axisLabel: { color: token("--ink"), fontSize: narrow ? 10 : 12, hideOverlap: true },
        },
        yAxis: {
          type: "value", splitLine: { lineStyle: { color: token("--line") } },
          axisLabel: { color: token("--ink-2"), formatter: (value) => value.toLocaleString() },
        },
        series: data.series.map((one) => ({
          name: one.name, type: "bar", stack: "all", data: one.values, barMaxWidth: 48, itemStyle: { color: token(one.colour) },
        })),
      });
    };
    draw();
    addEventListener("resize", () => { chart.resize(); draw(); });
    return draw;
  });
  new MutationObserver(() => drawn.forEach((draw) => draw())).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
})();

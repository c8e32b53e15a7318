import Basics
import Pictures

/// A study's reports as one page by itself: no script, and nothing that is fetched from elsewhere.
package struct StudyPage {
  package let document: StudyDocument
  package let theme: ChartTheme

  package var html: String {
    let title = document.title.isEmpty ? document.name : document.title
    var text = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(Self.escaped(title))</title>
      <style>
      \(Self.style(theme))
      </style>
      </head>
      <body>
      <h1>\(Self.escaped(title))</h1>

      """
    for table in document.tables {
      text += "<section>\n<h2>\(Self.escaped(table.report.name))</h2>\n\(Self.table(table))"
      for figure in document.figures where figure.report == table.report.name {
        text += "<figure aria-label=\"\(Self.escaped(figure.report))\">\n\(Self.charts(of: figure).svg(theme))</figure>\n"
      }
      text += "</section>\n"
    }
    let isComplete = document.tables.allSatisfy { $0.cells.allSatisfy { $0.allSatisfy(\.isComplete) } }
    let notes = document.notes + (isComplete ? [] : ["n/m: n of m numbers; · to be made, … queued or submitted, ▶ at work, ✗ failed, – no data"])
    text += "<h2>Notes</h2>\n<ul>\n\(notes.map { "<li>\(Self.escaped($0))</li>\n" }.joined())</ul>\n"
    text += "<h2>The study</h2>\n<pre>\(document.source.split(separator: "\n", omittingEmptySubsequences: false).map { Self.escaped(String($0)) }.joined(separator: "\n"))</pre>\n"
    return text + "</body>\n</html>\n"
  }

  /// Without the titles that the page has above them.
  private static func charts(of figure: StudyFigure) -> [ChartDrawing] {
    figure.charts.map { chart in
      var chart = chart
      chart.subtitle = []
      if chart.title == figure.report { chart.title = "" }
      return chart
    }
  }

  private static func table(_ table: StudyTable) -> String {
    let (header, rows) = table.strings
    func line(_ cells: [[String]], _ element: String) -> String {
      var first = true
      let fields = cells.flatMap { $0 }.map { cell in
        defer { first = false }
        return first ? "<th scope=\"\(element == "th" ? "col" : "row")\">\(escaped(cell))</th>" : element == "th" ? "<th scope=\"col\">\(escaped(cell))</th>" : "<td>\(escaped(cell))</td>"
      }
      return "<tr>\(fields.joined())</tr>\n"
    }
    return "<table>\n<thead>\n\(line(header, "th"))</thead>\n<tbody>\n\(rows.map { line($0, "td") }.joined())</tbody>\n</table>\n"
      + "<p class=\"small\">\(escaped(table.legend))</p>\n"
  }

  private static func style(_ theme: ChartTheme) -> String {
    let rules = """
      body{font-family:Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif;line-height:1.45;max-width:60rem;margin:2rem auto;padding:0 1rem}
      table{border-collapse:collapse;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}
      th,td{padding:.25rem .75rem;text-align:right;white-space:nowrap}
      th:first-child{text-align:left}
      thead th{border-bottom:1px solid}
      figure{margin:1.5rem 0;overflow-x:auto}
      svg{max-width:100%;min-width:36rem;height:auto}
      pre{overflow-x:auto;padding:.75rem;border:1px solid}
      .small,li{font-size:.9rem}

      """
    func colours(_ isDark: Bool) -> String { isDark ? "body{background:#15171C;color:#ECEEF2}" : "body{background:#FFFFFF;color:#1A1C20}" }
    switch theme {
    case .auto: return rules + ":root{color-scheme:light dark}\n" + colours(false) + "\n@media (prefers-color-scheme:dark){" + colours(true) + "}"
    case .light: return rules + ":root{color-scheme:light}\n" + colours(false)
    case .dark: return rules + ":root{color-scheme:dark}\n" + colours(true)
    }
  }

  private static func escaped(_ text: String) -> String { ChartText.escaped(text) }
}

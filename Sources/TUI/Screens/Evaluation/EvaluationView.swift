import Analysis
import Basics

extension EvaluationScreen {
  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    var rest = area
    drawPanes(on: &canvas, in: rest.takeTop(1))
    if let subject, subject.context.hasRuns {
      let standing = EvaluationStanding(progress: job?.progress, isAsking: job != nil, trouble: trouble, isCurrent: shown.answered == wanted)
      shown.draw(standing, subject, on: &canvas, in: rest.inset(columns: 1))
    } else {
      let lines = context == nil ? ["Looking for runs …"] : ["No run has a checkpoint yet", "2  launch a training; it can be looked at after the first epoch"]
      for (index, line) in lines.enumerated() {
        canvas.put(line, in: rest.line(rest.rows / 3 + index).inset(columns: 2), style: index == 0 ? .bold : .muted)
      }
    }
    picker?.list.draw(on: &canvas, in: area)
    if let prompt {
      let (title, placeholder) =
        switch prompt.kind {
        case .labelSet: ("Keep the joined classes as", "a name")
        case .picture(let picture): ("Write the picture to", "the path of \(picture.kindOfFile)")
        }
      prompt.field.draw(on: &canvas, in: canvas.dialog(in: area, title: title), placeholder: placeholder)
    }
    question?.question.draw(on: &canvas, in: area)
  }

  private func drawPanes(on canvas: inout Canvas, in line: Rect) {
    var column = line.column + 1
    for pane in Pane.allCases {
      let start = column
      column = canvas.put(String(pane.key), row: line.row, column: column, style: Style(.accent, .bold)) + 1
      column = canvas.put(pane.title, row: line.row, column: column, style: pane == self.pane ? Style(.standard, [.bold, .underline]) : .muted)
      canvas.onClick(Rect(row: line.row, column: start, rows: 1, columns: column - start), .action(.evaluation(.pane(pane))))
      column += 3
    }
  }
}

import Analysis
import Basics
import Datasets
import Pictures
import Training

/// What a detector finds: each class with its average precision and the kinds of its errors, and the images with their boxes.
package struct DetectionPane: EvaluationPane {
  /// The images of one class or of all, those with the most errors first, with the boxes that are shown.
  struct ImagesPage: Sendable {
    var label: Int?
    var images: [MarkedImage]
    var list = ListPosition()
    /// Whether the picture has the whole pane.
    var isZoomed = false

    var selected: MarkedImage? { images.indices.contains(list.selected) ? images[list.selected] : nil }
  }

  /// The run that is looked at.
  package var detector: String?
  package private(set) var result: DetectionResult?
  private var resultAnswered: EvaluationQuestion?
  private var classes = ListPosition()
  private(set) var page: ImagesPage?
  /// Detections of lower scores are not shown; all count.
  private(set) var least: Float = 0.5
  /// By the name of the image; nil: it cannot be read.
  private var pictures: [String: Picture] = [:]
  private var photo: (name: String, photo: MarkedPhoto)?

  private static let picturesKept = 60

  mutating func adapt(to subject: EvaluationSubject) {
    let runs = subject.context.detectors
    guard !runs.contains(where: { $0.id == detector }) else { return }
    detector = runs.first?.id
    (result, resultAnswered, page, photo, pictures) = (nil, nil, nil, nil, [:])
  }

  // MARK: Asking

  var answered: EvaluationQuestion? { missingPicture.map { _ in nil } ?? resultAnswered }

  private func mainQuestion(_ subject: EvaluationSubject) -> EvaluationQuestion? {
    guard let run = subject.context.detectors.first(where: { $0.id == detector }) else { return nil }
    return EvaluationQuestion(DetectionRequest(run: run.id), steps: [run.progress.best?.step ?? run.progress.step])
  }

  /// The name of the selected image, where its picture was not read yet.
  private var missingPicture: String? {
    guard let name = page?.selected.flatMap(name), pictures[name] == nil else { return nil }
    return name
  }

  private func name(_ image: MarkedImage) -> String? { result?.source?.found.images[image.place].name }

  func question(_ subject: EvaluationSubject) -> EvaluationQuestion? {
    if let result, let missingPicture {
      return EvaluationQuestion(AnnotatedPictureRequest(dataset: result.summary.dataset, set: result.summary.set, image: missingPicture))
    }
    return mainQuestion(subject)
  }

  mutating func take(_ answer: any Sendable, to question: EvaluationQuestion?, _ subject: EvaluationSubject) {
    if let picture = answer as? Picture, let asked = question?.request as? AnnotatedPictureRequest {
      if pictures.count >= Self.picturesKept { pictures = [:] }
      pictures[asked.image] = picture
      showPhoto()
    }
    guard let result = answer as? DetectionResult else { return }
    (self.result, resultAnswered) = (result, question)
    classes.select(classes.selected, count: rows.count)
    page = nil
  }

  /// The selected image with its boxes.
  private mutating func showPhoto() {
    photo = nil
    guard let image = page?.selected, let name = name(image), let picture = pictures[name], let result else { return }
    photo = (name, MarkedPhoto(MarkedPicture(picture, image.boxes, classes: result.summary.precision.classes.map(\.name))))
  }

  // MARK: Lists

  /// Nil stands for all classes.
  private var rows: [Int?] { [nil] + (result.map { $0.summary.precision.classes.indices.map { $0 } } ?? []) }
  private var label: Int? { rows.indices.contains(classes.selected) ? rows[classes.selected] : nil }

  var list: ListPosition {
    get { page?.list ?? classes }
    set {
      guard page != nil else { return classes = newValue }
      page!.list = newValue
      showPhoto()
    }
  }

  var count: Int { page?.images.count ?? (result == nil ? 0 : rows.count) }

  func headline(_ subject: EvaluationSubject) -> [Span] {
    guard let run = subject.context.detectors.first(where: { $0.id == detector }) else { return [] }
    return [Span(printable(run.name), .bold), Span("  \(counted(run.classes, "class"))", .muted)]
  }

  func selectedWnid(_ subject: EvaluationSubject) -> String? { label.flatMap { result?.summary.errors.classes[$0].wnid } }
  func selectedRun(_ subject: EvaluationSubject) -> String? { nil }

  mutating func open(_ subject: EvaluationSubject) -> [Effect] {
    if page != nil { page!.isZoomed.toggle() } else { openImages() }
    return []
  }

  private mutating func openImages() {
    page = ImagesPage(label: label, images: images(label))
    showPhoto()
  }

  private func images(_ label: Int?) -> [MarkedImage] {
    (result?.images(least: least, label: label) ?? []).filter { !$0.boxes.isEmpty }.sorted { ($1.errors, $0.place) < ($0.errors, $1.place) }
  }

  func openObstacle(_ subject: EvaluationSubject, treeOf dataset: String) -> String? {
    result == nil ? "nothing was measured yet" : page?.images.isEmpty == true ? "there is no box of this score" : nil
  }

  var hasPage: Bool { page != nil }

  mutating func leavePage() {
    if page?.isZoomed == true { page!.isZoomed = false } else { (page, photo) = (nil, nil) }
  }

  /// The least score that is shown; the image stays where it is.
  mutating func step(_ steps: Int, _ subject: EvaluationSubject) {
    least = max(0.05, min(0.95, ((least * 20).rounded() + Float(steps)) / 20))
    guard let shown = page else { return }
    let place = shown.selected?.place
    page!.images = images(shown.label)
    page!.list.select(page!.images.firstIndex { $0.place == place } ?? 0, count: page!.images.count)
    showPhoto()
  }

  var stepObstacle: String? { page == nil ? "that is for the images: Enter" : nil }

  // MARK: Commands

  func command(_ subject: EvaluationSubject) -> ShellCommand? {
    guard let detector, result != nil else { return nil }
    guard let page, let image = page.selected, let name = name(image) else {
      return ShellCommand(["detections", detector] + (label.map { ["--class", className($0)] } ?? []))
    }
    return ShellCommand(
      ["detections", detector, "--image", name, "--least", decimals(Double(least), 2)] + (page.label.map { ["--class", className($0)] } ?? []))
  }

  private func className(_ label: Int) -> String { result?.summary.precision.classes[label].name ?? "" }

  func picture(_ subject: EvaluationSubject) -> EvaluationPicture? {
    guard let result, let command = command(subject) else { return nil }
    if page != nil {
      guard let marked = photo?.photo.marked else { return nil }
      return .init(command: command, option: "-o", form: .pixels { () throws(Problem) in try marked.compose() })
    }
    return .init(command: command, option: "-o", form: .chart(result.chart(label)))
  }

  func suggestedFile(_ subject: EvaluationSubject) -> String {
    photo.map { "\($0.name)-boxes.png" } ?? "\(detector ?? "run")-precision-recall.svg"
  }
}

// MARK: Drawing

extension DetectionPane {
  func draw(_ standing: EvaluationStanding, _ subject: EvaluationSubject, on canvas: inout Canvas, in area: Rect) {
    var area = area
    guard !subject.context.detectors.isEmpty else {
      for (index, line) in ["No run finds objects yet", "imagenet-tui train --task detection  trains a detector; README, Transfer"].enumerated() {
        canvas.put(line, in: area.line(1 + index), style: index == 0 ? .bold : .muted)
      }
      return
    }
    if standing.draw(hasAnswer: result != nil, on: &canvas, in: &area) { return }
    guard let result else { return }
    if let page { draw(page, result, on: &canvas, in: area) } else { drawClasses(result, on: &canvas, in: area) }
  }

  private func drawClasses(_ result: DetectionResult, on canvas: inout Canvas, in area: Rect) {
    var area = area
    let precision = result.summary.precision
    let mean = precision.mean.map { NumberText.fixed(100 * $0, 1) + " %" } ?? "–"
    canvas.put("mean AP \(mean)   \(precision.metric.name), \(printable(result.summary.dataset)) \(printable(result.summary.set))", in: area.takeTop(1), style: .bold)
    canvas.put(
      "\(counted(precision.images, "image")), step \(NumberText.count(result.step)); the surest wrong detections by kind, as many as there are objects",
      in: area.takeTop(1), style: .muted)
    if area.columns >= 130 {
      var side = area.takeRight(area.columns * 2 / 5)
      canvas.verticalRule(side.takeLeft(1))
      _ = side.takeLeft(1)
      DrawnFigure(result.chart(label)).draw(on: &canvas, in: side)
      _ = area.takeRight(1)
    } else if area.rows >= 24 {
      let below = area.takeBottom(area.rows / 2)
      DrawnFigure(result.chart(label)).draw(on: &canvas, in: below)
    }
    drawTable(result, on: &canvas, in: area)
  }

  private func drawTable(_ result: DetectionResult, on canvas: inout Canvas, in area: Rect) {
    let (precision, errors) = (result.summary.precision, result.summary.errors)
    func share(_ label: Int?, _ kind: DetectionErrors.Kind) -> Span {
      let (count, all) = label.map { (errors.classes[$0][kind], errors.classes[$0].wrong) } ?? (errors[kind], errors.wrong)
      return Span(all == 0 ? "–" : NumberText.fixed(100 * Double(count) / Double(all), 0))
    }
    var table = Table<Int?>([
      .init("class", width: 10, cut: .middle, isFlexible: true, most: 30, rank: 0) { label in
        label.map { Span(printable(precision.classes[$0].name)) } ?? Span("all classes", .bold)
      },
      .init("objects", width: 7, align: .right, rank: 4) { label in
        Span(NumberText.grouped(label.map { precision.classes[$0].objects } ?? precision.classes.reduce(0) { $0 + $1.objects }))
      },
      .init("AP %", width: 6, align: .right, rank: 0) { label in
        let value = label.map { precision.classes[$0].value } ?? precision.mean
        return Span(value.map { NumberText.fixed(100 * $0, 1) } ?? "–", .bold)
      },
      .init("wrong", width: 6, align: .right, rank: 5) { label in Span(NumberText.grouped(label.map { errors.classes[$0].wrong } ?? errors.wrong)) },
      .init("place %", width: 7, align: .right, rank: 1) { share($0, .localization) },
      .init("similar %", width: 9, align: .right, rank: 2) { share($0, .similar) },
      .init("other %", width: 7, align: .right, rank: 2) { share($0, .other) },
      .init("background %", width: 12, align: .right, rank: 3) { share($0, .background) },
    ])
    table.selectedColumns = 1
    table.draw(rows, selected: classes, on: &canvas, in: area)
  }

  private func draw(_ page: ImagesPage, _ result: DetectionResult, on canvas: inout Canvas, in area: Rect) {
    var area = area
    let of = page.label.map { " with \(printable(result.summary.precision.classes[$0].name))" } ?? ""
    canvas.put(
      "‹ \(counted(page.images.count, "image"))\(of), most errors first; scores of \(NumberText.fixed(Double(least), 2)) or more", in: area.takeTop(1), style: .bold)
    guard let selected = page.selected else { return canvas.put("nothing has such a score; - shows lower ones", in: area.line(0), style: .muted) }
    drawLegend(selected, on: &canvas, in: area.takeTop(1))
    if !page.isZoomed {
      let side = area.takeLeft(min(34, area.columns * 2 / 5))
      _ = area.takeLeft(1)
      drawList(page, result, on: &canvas, in: side)
    }
    if let photo { photo.photo.draw(on: &canvas, in: area) } else { canvas.put("reading the picture …", in: area.line(area.rows / 2), style: .muted, align: .center) }
  }

  private func drawList(_ page: ImagesPage, _ result: DetectionResult, on canvas: inout Canvas, in area: Rect) {
    func number(_ kind: MarkedBox.Kind) -> (MarkedImage) -> Span {
      { image in
        let count = image.count(kind)
        return count == 0 ? Span("·", .muted) : Span("\(count)", Style(kind.color))
      }
    }
    let table = Table<MarkedImage>([
      .init("image", width: 8, cut: .middle, isFlexible: true, rank: 0) { Span(printable(name($0) ?? "")) },
      .init("✓", width: 2, align: .right, rank: 1, cell: number(.right)), .init("✗", width: 2, align: .right, rank: 1, cell: number(.wrong)),
      .init("○", width: 2, align: .right, rank: 1, cell: number(.missed)),
    ])
    table.draw(page.images, selected: page.list, on: &canvas, in: area)
  }

  private func drawLegend(_ image: MarkedImage, on canvas: inout Canvas, in line: Rect) {
    var column = line.column
    for kind in MarkedBox.Kind.allCases where kind != .found || line.columns >= 70 {
      guard [.right, .wrong, .missed].contains(kind) || image.count(kind) > 0 else { continue }
      column = canvas.put("\(kind.glyph) \(image.count(kind)) \(kind.rawValue)", row: line.row, column: column, style: Style(kind.color), width: max(0, line.endColumn - column)) + 3
    }
  }
}

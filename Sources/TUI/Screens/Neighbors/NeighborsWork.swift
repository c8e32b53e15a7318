import Analysis
import Basics
import Datasets
import Taxonomy

package struct NeighborsRequest: Sendable, Equatable {
  package struct Run: Sendable, Equatable {
    package var id: String
    /// Of a checkpoint; nil: the best in validation.
    package var step: Int?

    /// As evaluations name it.
    package var text: String { id + (step.map { "@\($0)" } ?? "") }
  }
  package var query: ImageReference
  package var runs: [Run]
  package var space: NeighborSpace
  package var metric: Metric
  package var gallery: Split
  package var k: Int
}

package struct FoundRow: Sendable {
  package var run: String
  package var standing: NeighborsScreen.Row.Standing
  /// The checkpoint that was looked at, once that is known.
  package var step: Int?

  package init(run: String, standing: NeighborsScreen.Row.Standing, step: Int? = nil) {
    self.run = run
    self.standing = standing
    self.step = step
  }
}

/// What a montage shows.
package struct NeighborsMontage: Sendable {
  package var query: ImageReference
  package var label: Int32?
  package var found: [NeighborMontage.Found]
  package var metric: Metric
  package var coarse: LabelSet?
  /// What writes the same.
  package var command: ShellCommand
}

extension NeighborsScreen {
  package enum Work: ScreenWork {
    case open(known: FeatureContext?, run: String?, dataset: String)
    case search(FeatureContext, NeighborsRequest, ticket: Int, Cancellation)
    /// What the runs of the first and the last row disagree about.
    case surprise(FeatureContext, NeighborsRequest, Cancellation)
    case pictures(FeatureContext, [ImageReference], Cancellation)
    /// Reads a picture from elsewhere; `~/` is the user's home.
    case openFile(path: String)
    case writePicture(FeatureContext, NeighborsMontage, path: String, mayReplace: Bool)

    package var awaited: String? {
      switch self {
      case .open: "the runs"
      case .search: NeighborsScreen.answer
      case .surprise, .pictures: nil
      case .openFile, .writePicture: "the picture"
      }
    }

    package func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem) {
      switch self {
      case .open(let known, let run, let dataset):
        do throws(Problem) {
          send(.neighbors(.opened(try FeatureContext(known: known, run: run, dataset: dataset, environment))))
        } catch {
          send(.neighbors(.closed))
          throw error
        }
      case .search(let context, let request, let ticket, let cancellation):
        for run in request.runs {
          let found = Self.search(context, request, run, environment, cancellation) { standing in
            send(.neighbors(.found(ticket: ticket, FoundRow(run: run.id, standing: standing))))
          }
          send(.neighbors(.found(ticket: ticket, found)))
        }
        send(.neighbors(.searched(ticket: ticket)))
      case .surprise(let context, let request, let cancellation):
        do throws(Problem) {
          var report = ProgressReport(cancellation, environment)
          let asked = SurprisingRequest(runs: request.runs.map(\.text), space: request.space.rawValue, metric: request.metric, gallery: request.gallery)
          let found = try asked.run(in: ScreenContext(screen: context, environment: environment)) { (work, done, total) throws(Problem) in
            try report.say(work, done, of: total) { send(.neighbors(.surprising(.computing($0)))) }
          }
          send(.neighbors(.surprising(.found(found.queries))))
        } catch {
          send(.neighbors(.surprising(nil)))
          if error.kind != .cancelled { throw error }
        }
      case .pictures(let context, let images, let cancellation):
        // Text and borders are there already; pictures follow as they are decoded.
        for start in stride(from: 0, to: images.count, by: 4) {
          var fetched: [ImageReference: Thumbnail] = [:]
          for image in images[start..<min(start + 4, images.count)] {
            if cancellation.isCancelled { return }
            // A picture that cannot be decoded leaves its frame empty.
            fetched[image] = (try? context.picture(image)).map(Thumbnail.init)
          }
          send(.neighbors(.pictures(fetched)))
        }
      case .openFile(let typed):
        let path = expandingHome(typed)
        send(.neighbors(.file(path: path, Thumbnail(try Picture(file: path)))))
      case .writePicture(let context, let montage, let typed, let mayReplace):
        let path = expandingHome(typed)
        let size = try writePNG(to: path, mayReplace: mayReplace) { () throws(Problem) in
          try NeighborMontage(
            query: try context.picture(montage.query), label: montage.label, found: montage.found, metric: montage.metric,
            coarse: montage.coarse, dataset: context.dataset
          ).compose()
        }
        guard let size else { return send(.neighbors(.pictureExists(montage, path: typed))) }
        let command = ShellCommand(montage.command.lines[0] + ["-o", path])
        send(.notice(Notice(.done, "Wrote \(printable(typed)), \(size)", sameAs: command)))
      }
    }

    private static func search(
      _ context: FeatureContext, _ request: NeighborsRequest, _ run: NeighborsRequest.Run, _ environment: Environment,
      _ cancellation: Cancellation, progress: (Row.Standing) -> Void
    ) -> FoundRow {
      do throws(Problem) {
        var report = ProgressReport(cancellation, environment)
        let asked = NeighborRequest(
          runs: [run.text], queries: request.query.asked, space: request.space.rawValue, metric: request.metric, gallery: request.gallery, k: request.k)
        let result = try asked.run(in: ScreenContext(screen: context, environment: environment)) { (work, done, total) throws(Problem) in
          try report.say(work, done, of: total) { progress(.computing($0)) }
        }
        return FoundRow(run: run.id, standing: .found(result.source?.found.first?.neighbors ?? []), step: result.rows.first?.step)
      } catch {
        let advice = error.kind == .cancelled ? "; any new query restarts it" : ""
        return FoundRow(run: run.id, standing: .failed(error.description + advice), step: run.step)
      }
    }
  }
}

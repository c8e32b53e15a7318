import Basics
import Datasets
import Glibc
import Kernels
import LabelSets
import Runs
import Taxonomy

/// What the launch form needs to know of a dataset, fetched beside the terminal's thread.
package struct LaunchFacts: Sendable {
  /// All datasets that can be trained on.
  package var datasets: [String]
  package var dataset: String
  /// The label sets of this dataset, first the one in which every fine class is a class.
  package var labelSets: [LabelSet]
  package var imageSize: ImageSize?
  package var cores: Int
  /// Whether this machine belongs to a cluster that takes jobs.
  package var hasCluster: Bool
  /// What the last run on this dataset was asked; nil where there is none.
  package var last: TrainingRequest?

  package init(
    datasets: [String], dataset: String, labelSets: [LabelSet], imageSize: ImageSize?, cores: Int, hasCluster: Bool = false,
    last: TrainingRequest? = nil
  ) {
    self.hasCluster = hasCluster
    self.last = last
    self.datasets = datasets
    self.dataset = dataset
    self.labelSets = labelSets
    self.imageSize = imageSize
    self.cores = cores
  }
}

/// What a training comes to.
package struct LaunchOutlook: Sendable, Equatable {
  package var classes, trainingImages, validationImages, epochs, steps, parameters: Int
  /// In bytes.
  package var memory: Int
  package var remarks: [String]

  package init(
    classes: Int, trainingImages: Int, validationImages: Int, epochs: Int, steps: Int, parameters: Int, memory: Int,
    remarks: [String] = []
  ) {
    self.classes = classes
    self.trainingImages = trainingImages
    self.validationImages = validationImages
    self.epochs = epochs
    self.steps = steps
    self.parameters = parameters
    self.memory = memory
    self.remarks = remarks
  }

  init(_ plan: TrainingPlan) {
    self.init(
      classes: plan.configuration.labelSet.classes.count, trainingImages: plan.trainingImages,
      validationImages: plan.validationImages, epochs: plan.configuration.training.epochs, steps: plan.steps,
      parameters: plan.parameters, memory: plan.memory, remarks: plan.remarks)
  }
}

extension LaunchForm {
  package enum Work: Sendable {
    case fetch(dataset: String)
    case check(TrainingRequest, ticket: Int)
    case launch(TrainingRequest, command: ShellCommand, Start, SlurmOptions)

    /// What goes wrong belongs to the form, beside the field that it is about.
    func run(in environment: Environment, send: @Sendable (Message) -> Void) {
      switch self {
      case .fetch(let dataset):
        do throws(Problem) {
          send(.runs(.form(.facts(try LaunchFacts(dataset, environment)))))
        } catch {
          send(.runs(.form(.failed(dataset: dataset, error))))
        }
      case .check(let request, let ticket):
        do throws(Problem) {
          let plan = try TrainingPlan(request, home: environment.home, program: environment.program, command: [])
          send(.runs(.form(.checked(ticket: ticket, .success(LaunchOutlook(plan))))))
        } catch {
          send(.runs(.form(.checked(ticket: ticket, .failure(error)))))
        }
      case .launch(let request, let command, let start, let options):
        do throws(Problem) {
          let plan = try TrainingPlan(
            request, home: environment.home, program: environment.program, command: ["imagenet-tui"] + command.lines[0])
          let run =
            switch start {
            case .now: try plan.launch(home: environment.home)
            case .queue: try plan.enqueue(home: environment.home)
            case .cluster: try plan.submit(home: environment.home, options: options)
            }
          send(.runs(.changed(select: run.id)))
        } catch {
          send(.runs(.form(.refused(error))))
        }
      }
    }
  }
}

extension LaunchFacts {
  init(_ dataset: String, _ environment: Environment) throws(Problem) {
    let catalog = DatasetCatalog(home: environment.home)
    let opened = try catalog.open(dataset)
    let store = LabelSetStore(home: environment.home)
    let saved = store.names().compactMap { try? store.load($0, for: dataset) }
    self.init(
      datasets: catalog.list().filter { !$0.isAnnotated }.map(\.name).filter(catalog.hasImages), dataset: dataset,
      labelSets: [.fineClasses(of: opened)] + saved, imageSize: opened.imageSize.map(ImageSize.init),
      cores: ProcessorCores.usable, hasCluster: Slurm.isInstalled, last: Self.lastRequest(dataset, environment.runs))
  }

  private static func lastRequest(_ dataset: String, _ reader: RunsReader) -> TrainingRequest? {
    guard let last = reader.refresh().first(where: { $0.dataset == dataset }) else { return nil }
    return (try? reader.directory(of: last.id).launched()).map { TrainingRequest(like: $0) }
  }
}

/// The size that all images of a dataset share.
package struct ImageSize: Sendable, Equatable {
  package var height, width, channels: Int

  package init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  init(_ size: (height: Int, width: Int, channels: Int)) {
    self.init(height: size.height, width: size.width, channels: size.channels)
  }
}

import Basics
import Kernels
import Networks
import Settings
import Testing

@Suite struct ScheduleTests {
  typealias Schedule = TrainingConfiguration.Schedule

  @Test("the rate follows the formula of its schedule", arguments: [
    (Schedule.constant, 0, 100, Float(1)), (.constant, 99, 100, 1),
    (.step(every: 100, factor: 0.1), 0, 450, 1), (.step(every: 100, factor: 0.1), 99, 450, 1),
    (.step(every: 100, factor: 0.1), 100, 450, 0.1), (.step(every: 100, factor: 0.1), 449, 450, 1e-4),
    (.polynomial(power: 1), 0, 100, 1), (.polynomial(power: 1), 25, 100, 0.75),
    (.polynomial(power: 0.5), 75, 100, 0.5), (.polynomial(power: 2), 100, 100, 0),
    (.cosine, 0, 100, 1), (.cosine, 50, 100, 0.5), (.cosine, 25, 100, 0.853553), (.cosine, 100, 100, 0),
  ])
  func factors(schedule: Schedule, iteration: Int, total: Int, expected: Float) {
    #expect(abs(schedule.factor(iteration: iteration, of: total) - expected) < 1e-6)
  }

  @Test("warm-up raises the rate linearly to the schedule's, and is over after its iterations")
  func warmUp() throws {
    var solver = try Architecture.named("resnet8-28").recipe.solver
    solver.learningRate = 2
    solver.warmUp = 4
    solver.schedule = .polynomial(power: 1)
    let rates = (0..<6).map { solver.learningRate(iteration: $0, of: 10) }
    for (learningRate, expected) in zip(rates, [0.5, 0.9, 1.2, 1.4, 1.2, 1] as [Float]) { #expect(abs(learningRate - expected) < 1e-6) }
    solver.warmUp = 0
    #expect(solver.learningRate(iteration: 0, of: 10) == 2)
  }

  @Test("schedules are written as the command line reads them", arguments: [
    ("constant", Schedule.constant), ("cosine", .cosine), ("poly:0.5", .polynomial(power: 0.5)),
    ("step:100000:0.1", .step(every: 100_000, factor: 0.1)),
  ])
  func text(text: String, schedule: Schedule) throws {
    #expect(try Schedule(text) == schedule)
    #expect(schedule.text == text)
  }

  @Test("what is no schedule is refused with the forms that there are", arguments: [
    "", "linear", "poly", "poly:", "poly:x", "step:100", "step:100:0.1:3", "step:ten:0.1", "cosine:1", "step::",
  ])
  func refused(text: String) {
    let problem = #expect(throws: Problem.self) { try Schedule(text) }
    #expect(problem?.place == text && problem?.expected?.contains("step:100000:0.1") == true)
  }
}

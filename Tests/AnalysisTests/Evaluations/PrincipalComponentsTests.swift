import Analysis
import Basics
import Datasets
import EngineFixtures
import Files
import FoundationEssentials
import Kernels
import TestSupport
import Testing

@Suite struct PrincipalComponentsTests {
  private let backend = CPUBackend(workers: 2)

  @Test("Finds the directions that the vectors were made along, their shares, and where each vector lies")
  func directions() throws {
    // Along (3, 4, 0) / 5 with deviation 10, along (0, 0, 1) with 3, and a little of everything.
    let (count, width) = (3000, 3)
    let random = CounterRandom(seed: 3)
    let rows = Tensor([count, width])
    for row in 0..<count {
      let (a, b) = ((random.uniform(row * 3) - 0.5) * 34.64, (random.uniform(row * 3 + 1) - 0.5) * 10.39)
      let c = (random.uniform(row * 3 + 2) - 0.5) * 0.1
      rows.elements[row * 3] = 0.6 * a + 0.8 * c + 100
      rows.elements[row * 3 + 1] = 0.8 * a - 0.6 * c - 50
      rows.elements[row * 3 + 2] = b + 7
    }
    let found = try PrincipalComponents(rows, backend: backend)
    let d = found.directions.array
    #expect(abs(d[0] - 0.6) < 0.01 && abs(d[1] - 0.8) < 0.01 && abs(d[2]) < 0.02)
    #expect(abs(d[5] - 1) < 0.01)
    #expect(abs(found.shares[0] - 100 / 109) < 0.02 && abs(found.shares[1] - 9 / 109) < 0.02)
    let scores = found.scores(of: rows, backend: backend)
    #expect(scores.shape == [count, 2])
    let sum = scores.elements.reduce(0, +)
    #expect(abs(sum) < 1)
  }

  @Test("Vectors whose squares are no Float have the directions of small ones", arguments: [0x1p+50, 0x1p+100, 0x1p+120 as Float])
  func huge(scale: Float) throws {
    let random = CounterRandom(seed: 5)
    let (small, large) = (Tensor([200, 6]), Tensor([200, 6]))
    for place in small.elements.indices {
      small.elements[place] = random.uniform(place) * Float(place % 6 + 1)
      large.elements[place] = small.elements[place] * scale
    }
    let (expected, found) = (try PrincipalComponents(small, backend: backend), try PrincipalComponents(large, backend: backend))
    #expect(zip(found.directions.array, expected.directions.array).allSatisfy { abs($0 - $1) < 1e-3 })
    #expect(zip(found.shares, expected.shares).allSatisfy { abs($0 - $1) < 1e-4 })
    let (a, b) = (found.scores(of: large, backend: backend).array, expected.scores(of: small, backend: backend).array)
    #expect(zip(a, b).allSatisfy { abs($0 / scale - $1) < 1e-2 })
  }

  @Test("A vector that holds no numbers lies in the middle, and one image alone cannot be mapped")
  func hostile() throws {
    let rows = Tensor([0, 0, 2, 0, .nan, 1, 4, 0], shape: [4, 2])
    let found = try PrincipalComponents(rows, backend: backend)
    let scores = found.scores(of: rows, backend: backend)
    #expect(scores.array.allSatisfy(\.isFinite) && scores.array[4] == 0)
    #expect(throws: Problem.self) { try PrincipalComponents(Tensor([1, 2]), backend: backend) }
    let equal = try PrincipalComponents(Tensor([1, 1, 1, 1], shape: [2, 2]), backend: backend)
    #expect(equal.scores(of: Tensor([1, 1], shape: [1, 2]), backend: backend).array.allSatisfy { abs($0) < 1e-6 })
  }
}

@Suite struct FeatureExportTests {
  private let folder = TemporaryFolder()

  @Test("Writes the floats, what each row is of, and what the projector needs, row by row alike")
  func files() throws {
    let dataset = SyntheticDataset(classes: 3, images: 10)
    let values = Tensor((0..<16).map { Float($0) / 4 }, shape: [8, 2])
    let matrix = FeatureMatrix(values: values, indices: [0, 1, 2, 4, 5, 6, 8, 9], skipped: [])
    let report = try FeatureExport(matrix, of: dataset, .val).write(to: folder.path + "/f.npy", projected: 5, thumbnail: 8)
    #expect(report.rows == 8 && report.width == 2 && report.projected == 5)
    let read = try NumPyFile.read(folder.path + "/f.npy")
    #expect(read.shape == [8, 2] && read.array == values.array)
    func lines(_ name: String) -> [String] {
      String(decoding: folder.bytes(of: name), as: UTF8.self).split(separator: "\n").map(String.init)
    }
    let table = lines("f.tsv")
    #expect(table.count == 9 && table[0] == "index\timage\twnid\tclass")
    #expect(table[4] == "4\tval/4\tn00000001\tbar 1")
    let (vectors, metadata) = (lines("f-projector/vectors.tsv"), lines("f-projector/metadata.tsv"))
    #expect(vectors.count == 5 && metadata.count == 6)
    // The first, and the one at two fifths of eight.
    #expect(vectors[0] == "0.0\t0.25" && metadata[3] == table[4])
    let sprite = try ImageCodec.read(folder.path + "/f-projector/sprite.png")
    #expect((sprite.width, sprite.height) == (24, 24))
    #expect(lines("f-projector/projector_config.pbtxt").contains { $0.contains("single_image_dim: 8") })
  }

  @Test("No image at all, and no projector, are files too")
  func empty() throws {
    let matrix = FeatureMatrix(values: Tensor([0, 4]), indices: [], skipped: [])
    let report = try FeatureExport(matrix, of: SyntheticDataset(classes: 2, images: 2), .train).write(to: folder.path + "/e", projected: 3)
    #expect(report.projected == 0 && folder.names == ["e.npy", "e.tsv"])
    #expect(try NumPyFile.read(folder.path + "/e.npy").shape == [0, 4])
  }
}

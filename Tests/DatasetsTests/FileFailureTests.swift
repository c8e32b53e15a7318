import Basics
import Datasets
import Files
import Glibc
import TestSupport
import Testing

/// What to do about a file that cannot be read or written follows from the operation and the path.
@Suite struct FileFailureTests {
  let folder = TemporaryFolder()

  @Test("Advice on --home is given for what lies in a home, and for nothing else")
  func home() throws {
    let home = Home(explicit: folder.path + "/home")
    folder.write([1], to: "home")
    let inside = #expect(throws: Problem.self) { try AtomicFile.makeFolder(home.runs) }
    #expect(inside?.found == "Not a directory" && inside?.advice?.contains("choose another --home") == true)
    let outside = #expect(throws: Problem.self) { try AtomicFile.write("x", to: folder.path + "/home2/../home/x") }
    #expect(outside?.advice?.contains("is a file where a folder is needed") == true)
    folder.write([1], to: "file")
    let other = #expect(throws: Problem.self) { try AtomicFile.write("x", to: folder.path + "/file/list.txt") }
    #expect(other?.advice == "`\(folder.path)/file` is a file where a folder is needed: choose a place that you may write to")
  }

  @Test("A name that is too long, a folder in the way, and a full disk say so")
  func writing() throws {
    let long = #expect(throws: Problem.self) { try AtomicFile.write("x", to: folder.path + "/" + String(repeating: "x", count: 300)) }
    #expect(long?.found == "File name too long" && long?.advice == "choose a shorter name")
    try AtomicFile.makeFolder(folder.path + "/taken")
    let taken = #expect(throws: Problem.self) { try AtomicFile.write("x", to: folder.path + "/taken") }
    #expect(taken?.found == "Is a directory" && taken?.advice?.contains("another name") == true)
    #expect(folder.names == ["taken"])
  }

  @Test("What cannot be read says which part of the path is in the way")
  func reading() throws {
    folder.write([1], to: "file")
    func problem(_ path: String) -> Problem? { #expect(throws: Problem.self) { try ImageCodec.read(folder.path + "/" + path) } }
    #expect(problem("no/such/x.png")?.advice == "there is no `\(folder.path)/no`: check the path, or mount what lies there")
    #expect(problem("x.png")?.advice == "check the path")
    #expect(problem("file/x.png")?.advice == "`\(folder.path)/file` is a file: check the path")
    #expect(problem("")?.found == "a folder")
    symlink("circle", folder.path + "/circle")
    #expect(problem("circle")?.advice == "links lead in a circle: remove one")
  }
}

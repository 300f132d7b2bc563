import Foundation

struct RelayFigure {
  var bench: Bench

  func table() async throws -> String { "" }
}

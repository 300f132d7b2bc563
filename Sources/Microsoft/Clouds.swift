/// The clouds an app may be registered in: Microsoft's own, and those that the operator's configuration names.
package struct Clouds: Sendable {
  private let byName: [String: Cloud]
  /// In the order in which they are listed to people.
  package let names: [String]

  /// - Parameters:
  ///   - global: what replaces the global cloud.
  ///   - named: additional clouds; one with the name of a Microsoft cloud replaces it.
  package init(global: Cloud = .global, named: [Cloud] = []) {
    var byName = Dictionary(uniqueKeysWithValues: Cloud.all.map { ($0.name, $0) })
    byName[Cloud.global.name] = global
    for cloud in named { byName[cloud.name] = cloud }
    self.byName = byName
    let own = Cloud.all.map(\.name)
    names = own + named.map(\.name).filter { !own.contains($0) }
  }

  package func cloud(named name: String) -> Cloud? { byName[name] }

  /// Where people are sent to sign in.
  package var loginOrigins: [String] { Set(byName.values.map(\.login)).sorted() }

  package var global: Cloud { byName[Cloud.global.name] ?? .global }
}

import Core
import JSON
import Testing

@testable import API

/// What holds for each kind of object, by its table alone.
@Suite struct EveryContractTests {
  @Test(arguments: AnyContract.requests)
  func `a body that is not an object is malformed`(contract: AnyContract) throws {
    for body in ["null", "[]", "1", "true", #""x""#, "", "{", "{}x", "[{}]", " "] {
      for problem in [contract.problem(Array(body.utf8)), contract.streamedProblem(Array(body.utf8))] {
        let problem = try #require(problem)
        #expect(problem.code == .requestMalformed, "\(body)")
        #expect(
          problem.summary.contains("must be a JSON object")
            == ["null", "[]", "1", "true", #""x""#, "[{}]"].contains(body))
      }
    }
  }

  @Test(arguments: AnyContract.all)
  func `what was written reads back equal`(contract: AnyContract) {
    for seed in 0..<200 {
      var samples = Samples(seed: UInt64(seed))
      let object = samples.object(contract.schema)
      #expect(contract.survives(object), "\(JSONValue.object(object).text)")
    }
  }

  @Test(arguments: AnyContract.requests.filter { !AnyContract.withRules.contains($0.schema.name) })
  func `what a schema allows is accepted`(contract: AnyContract) {
    for seed in 0..<200 {
      var samples = Samples(seed: UInt64(seed))
      let body = JSONValue.object(samples.object(contract.schema))
      let problem = contract.problem(body.serialized())
      #expect(problem == nil, "\(body.text)")
    }
  }

  @Test(arguments: AnyContract.requests)
  func `a value of the wrong kind is a fault that names its path`(contract: AnyContract) throws {
    var samples = Samples(seed: 7)
    samples.leavesOut = false
    let body = JSONValue.object(samples.object(contract.schema))
    for (path, schema) in contract.schema.places {
      for wrong in schema.wrong {
        let problem = contract.problem(body.replacing(path, with: wrong).serialized())
        let keys = problem?.fields.map(\.key) ?? []
        #expect(keys.contains { $0.hasPrefix(path.path) }, "\(path.path) = \(wrong.text)")
      }
    }
  }

  @Test(arguments: AnyContract.requests)
  func `null says what leaving out says`(contract: AnyContract) throws {
    var body = JSONObject()
    for field in contract.schema.fields { body[field.name] = .null }
    body["neverHeardOf"] = .null
    let problem = contract.problem(JSONValue.object(body).serialized())
    #expect(problem?.fields == contract.problem(Array("{}".utf8))?.fields)
  }

  @Test(arguments: AnyContract.requests)
  func `what is required, unknown or not supported is told by name`(contract: AnyContract) throws {
    let required = contract.schema.fields.filter(\.isRequired).map(\.name)
    let none = contract.problem(Array("{}".utf8))?.fields.map(\.key) ?? []
    #expect(Set(required).isSubset(of: none))

    let unknown = try #require(contract.problem(Array(#"{"neverHeardOf":1}"#.utf8)))
    #expect(unknown.code == .requestUnknownField)
    #expect(unknown.fields.contains { $0.key == "neverHeardOf" })

    for name in contract.schema.unsupported.prefix(18) {
      let problem = try #require(contract.problem(Array(#"{"\#(name)":1,"neverHeardOf":1}"#.utf8)))
      #expect(problem.code == .requestNotSupported)
      #expect(problem.fields.prefix(2).map(\.key) == [name, "neverHeardOf"])
    }
  }

  @Test(arguments: AnyContract.all)
  func `no secret is shown, except where it is the reply`(contract: AnyContract) {
    for seed in 0..<50 {
      var samples = Samples(seed: UInt64(seed))
      let shown = contract.masked(samples.object(contract.schema))
      let value = try? JSONValue(parsing: shown)
      #expect(value?.differences(from: .object(contract.schema), at: "") == [])
    }
  }

  @Test func `a table has no name twice and its sentences are sentences`() {
    for schema in OpenAPI.components + Operations.all.map(\.query) {
      let names = schema.fields.map(\.name) + schema.unsupported
      #expect(Set(names).count == names.count, "\(schema.name)")
      for field in schema.fields {
        #expect(field.summary.hasSuffix("."), "\(schema.name).\(field.name)")
        #expect(
          field.summary.first?.isUppercase == true || field.summary.hasPrefix("`"),
          "\(schema.name).\(field.name)")
      }
      #expect(schema.summary.hasSuffix("."))
    }
  }
}

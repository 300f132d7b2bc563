// swift-tools-version: 6.2
import PackageDescription

let style: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

// Targets stand from the ground up: each depends only on those above it in this list.
let package = Package(
  name: "heliograph",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "heliograph", targets: ["heliograph"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // 0 ground: values and codecs
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(name: "Core", swiftSettings: style),
    .target(name: "JSON", swiftSettings: style),
    .target(name: "API", dependencies: ["Core", "JSON"], swiftSettings: style),
    .target(name: "MIME", dependencies: ["Core"], swiftSettings: style),
    .target(name: "Tables", swiftSettings: style),
    .target(name: "HTML", swiftSettings: style),
    .target(name: "SafeHTML", swiftSettings: style),
    .target(name: "Vault", dependencies: ["Core", crypto, cryptoExtras], swiftSettings: style),
    // 1 talk: one target per party
    .target(
      name: "HTTP", dependencies: ["Core", httpClient, nioCore, nioHTTP1, nioPosix, nioSSL],
      swiftSettings: style),
    .target(
      name: "Microsoft",
      dependencies: [
        "Core", "JSON", "HTTP", crypto, cryptoExtras, nioHTTP1,
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ],
      swiftSettings: style),
    .target(name: "SMTP", dependencies: ["Core"], swiftSettings: style),
    // 2 memory
    .target(
      name: "Store",
      dependencies: [
        "Core", "Vault", "CPostgres", logging, .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: style),
    // 3 work, line by line
    .target(name: "Queue", dependencies: ["Core", "Store", lifecycle, logging], swiftSettings: style),
    .target(name: "Events", dependencies: ["Core", "Store", lifecycle, logging], swiftSettings: style),
    .target(name: "Access", dependencies: ["Core", "Vault", "Store"], swiftSettings: style),
    .target(
      name: "Accounts",
      dependencies: [
        "Core", "MIME", "Tables", "Vault", "HTTP", "Microsoft", "Store", "Queue", "Events", "Access",
        lifecycle, logging,
      ],
      swiftSettings: style),
    .target(
      name: "Backends",
      dependencies: ["Core", "MIME", "Vault", "HTTP", "Microsoft", "Store", "Accounts"],
      swiftSettings: style),
    .target(
      name: "Delivery",
      dependencies: [
        "Core", "JSON", "MIME", "Vault", "Store", "Queue", "Events", "Accounts", "Backends", lifecycle,
        logging,
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      swiftSettings: style),
    .target(
      name: "Webhooks",
      dependencies: [
        "Core", "JSON", "Vault", "HTTP", "Store", "Queue", "Events", "Access", crypto, lifecycle, logging,
        nioHTTP1,
      ],
      swiftSettings: style),
    .target(
      name: "Diagnosis",
      dependencies: [
        "Core", "MIME", "Vault", "HTTP", "Microsoft", "Store", "Access", "Accounts", "Backends",
      ],
      swiftSettings: style),
    // 4 faces
    .target(name: "Listening", dependencies: ["Core", logging, nioCore], swiftSettings: style),
    .target(
      name: "Web",
      dependencies: [
        "Core", "JSON", "API", "MIME", "HTML", "SafeHTML", "Listening", "Vault", "Store", "Events", "Access",
        "Accounts",
        "Backends",
        "Delivery", "Webhooks", "Diagnosis", crypto, hummingbird, logging, nioCore, nioHTTP1,
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
      ],
      swiftSettings: style),
    .target(
      name: "Submission",
      dependencies: [
        "Core", "MIME", "SMTP", "Store", "Access", "Accounts", "Backends", "Delivery", "Listening", crypto,
        lifecycle, logging, nioCore, nioPosix, nioSSL,
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ],
      swiftSettings: style),
    // beside: Microsoft on this machine, reached only by URL
    .target(
      name: "Sandbox",
      dependencies: [
        "Core", "JSON", "MIME", "HTML", crypto, cryptoExtras, httpClient, hummingbird, lifecycle, logging,
        nioCore, nioHTTP1,
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        nioSSL,
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ],
      swiftSettings: style),
    // 5 compose
    .target(
      name: "Gateway",
      dependencies: [
        "Core", "JSON", "API", "Vault", "HTTP", "Microsoft", "Store", "Events", "Access", "Accounts",
        "Backends", "Delivery", "Webhooks",
        "Diagnosis", "Submission", "Web", hummingbird, lifecycle, logging, nioCore, signals, "Yams",
      ],
      swiftSettings: style),
    // roof
    .executableTarget(
      name: "heliograph",
      dependencies: [
        "Core", "JSON", "API", "MIME", "Tables", "Vault", "Store", "Access", "Webhooks", "Gateway", "Sandbox",
        httpClient,
        lifecycle,
        logging,
        nioCore, nioHTTP1, signals,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: style),

    // what the tests of the floors above share
    .target(name: "ProcessTesting", path: "Tests/Support/ProcessTesting", swiftSettings: style),
    .target(
      name: "ContractTesting", dependencies: ["API", "JSON"], path: "Tests/Support/ContractTesting",
      swiftSettings: style),
    .target(
      name: "StoreTesting", dependencies: ["Core", "ProcessTesting", "Store"],
      path: "Tests/Support/StoreTesting",
      swiftSettings: style),
    .target(
      name: "AccountsTesting",
      dependencies: [
        "Accounts", "Backends", "Core", "Diagnosis", "HTTP", "MIME", "Microsoft", "Sandbox", "Store",
        "StoreTesting", "Vault", httpClient, lifecycle, logging, nioCore, nioHTTP1,
      ],
      path: "Tests/Support/AccountsTesting",
      swiftSettings: style),

    .testTarget(
      name: "AccountsTests",
      dependencies: [
        "Access", "Accounts", "AccountsTesting", "Backends", "Core", "Diagnosis", "Events", "HTTP", "MIME",
        "Microsoft", "Queue", "Sandbox", "Store", "StoreTesting", "Tables", "Vault", httpClient, lifecycle,
        logging,
        nioCore, nioHTTP1,
      ], swiftSettings: style),
    .testTarget(
      name: "BackendsTests",
      dependencies: [
        "Accounts", "AccountsTesting", "Backends", "Core", "MIME", "Microsoft", "Store", "StoreTesting",
        "Vault",
      ],
      swiftSettings: style),
    .testTarget(
      name: "APITests", dependencies: ["API", "Core", "JSON", "ProcessTesting"], swiftSettings: style),
    .testTarget(name: "CoreTests", dependencies: ["Core"], swiftSettings: style),
    .testTarget(
      name: "DeliveryTests",
      dependencies: [
        "Accounts", "Backends", "Core", "Delivery", "Events", "HTTP", "JSON", "MIME", "Microsoft", "Queue",
        "Sandbox", "Store", "StoreTesting", "Vault", lifecycle, logging, nioHTTP1,
      ],
      swiftSettings: style),
    .testTarget(
      name: "WebhooksTests",
      dependencies: [
        "Access",
        "Core", "Events", "HTTP", "JSON", "Queue", "Store", "StoreTesting", "Vault", "Webhooks", crypto,
        logging,
        nioCore, nioHTTP1, nioPosix,
      ],
      swiftSettings: style),
    .testTarget(
      name: "DiagnosisTests",
      dependencies: [
        "Accounts", "AccountsTesting", "Core", "Diagnosis", "MIME", "Microsoft", "Store", "StoreTesting",
      ],
      swiftSettings: style),
    // the built program, seen from outside
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "ContractTesting", "ProcessTesting", "StoreTesting", httpClient, nioCore, nioHTTP1, nioPosix,
      ],
      swiftSettings: style),
    .testTarget(
      name: "EventsTests", dependencies: ["Core", "Events", "Store", "StoreTesting", lifecycle, logging],
      swiftSettings: style),
    .testTarget(
      name: "GatewayTests", dependencies: ["Access", "Accounts", "Core", "Gateway", "Store", "Submission"],
      swiftSettings: style),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: style),
    .testTarget(name: "HTMLTests", dependencies: ["HTML"], swiftSettings: style),
    .testTarget(
      name: "SafeHTMLTests", dependencies: ["ProcessTesting", "SafeHTML"], exclude: ["judge.js"],
      swiftSettings: style),
    .testTarget(
      name: "MIMETests", dependencies: ["Core", "MIME", "ProcessTesting"], exclude: ["Fixtures", "judge.py"],
      swiftSettings: style),
    .testTarget(
      name: "MicrosoftTests",
      dependencies: [
        "Core", "HTTP", "JSON", "Microsoft", "ProcessTesting", "Sandbox", lifecycle, logging, nioCore,
        nioHTTP1,
        nioPosix, nioSSL,
      ],
      swiftSettings: style),
    .testTarget(
      name: "SandboxTests",
      dependencies: [
        "Core", "HTML", "JSON", "MIME", "ProcessTesting", "Sandbox", crypto, cryptoExtras, httpClient,
        hummingbird, lifecycle,
        logging, nioCore, nioHTTP1, nioSSL,
        .product(name: "X509", package: "swift-certificates"),
      ],
      exclude: ["Fixtures"], swiftSettings: style),
    .testTarget(
      name: "SMTPTests", dependencies: ["Core", "SMTP"], exclude: ["Dialogues"], swiftSettings: style),
    .testTarget(
      name: "StoreTests", dependencies: ["Core", "Store", "StoreTesting", "Vault"], exclude: ["Fixtures"],
      swiftSettings: style),
    .testTarget(
      name: "SubmissionTests",
      dependencies: [
        "Access", "Accounts", "Backends", "Core", "Delivery", "MIME", "SMTP", "Store", "StoreTesting",
        "Submission", lifecycle, logging, nioCore, nioEmbedded, nioPosix, nioSSL,
      ],
      swiftSettings: style),
    .testTarget(name: "VaultTests", dependencies: ["Core", "Vault"], swiftSettings: style),
    .testTarget(
      name: "WebTests",
      dependencies: [
        "API", "Access", "Accounts", "Backends", "ContractTesting", "Core", "Delivery", "Diagnosis", "Events",
        "HTML", "HTTP", "JSON", "Listening", "Microsoft", "Store", "StoreTesting", "Vault", "Web", "Webhooks",
        hummingbird,
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "HummingbirdTesting", package: "hummingbird"), logging, nioCore, nioEmbedded, nioPosix,
      ],
      swiftSettings: style),
  ]
)

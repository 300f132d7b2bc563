import ArgumentParser
@main struct Heliograph: AsyncParsableCommand { func run() async throws {} }

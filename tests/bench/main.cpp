#include <benchmark/benchmark.h>

#include <filesystem>
#include <iostream>
#include <string_view>

#include "tests/bench/figures.h"
#include "tests/bench/work_folder.h"

/// fieldsync-bench --folder=DIR --agent=FILE --sandbox=FILE [options of Google Benchmark]
int main(int argc, char** argv) {
  using namespace fieldsync::bench;
  benchmark::Initialize(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto take = [&](std::string_view name, std::string& value) {
      if (!argument.starts_with(name)) return false;
      value = argument.substr(name.size());
      return true;
    };
    if (take("--folder=", places().folder) || take("--agent=", places().agent) ||
        take("--sandbox=", places().sandbox)) {
      continue;
    }
    std::cerr << "fieldsync-bench: unknown argument " << argument << "\n";
    return 2;
  }
  if (places().folder.empty() || places().agent.empty() || places().sandbox.empty()) {
    std::cerr << "fieldsync-bench: --folder=, --agent= and --sandbox= are needed\n";
    return 2;
  }
  benchmark::RunSpecifiedBenchmarks();
  std::cout << "\n";
  figures().print(std::cout);
  std::error_code ignored;
  std::filesystem::remove_all(places().folder, ignored);
  return figures().all_passed() ? 0 : 1;
}

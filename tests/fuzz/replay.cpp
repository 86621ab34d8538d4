#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "tests/fuzz/mutator.h"
#include "tests/fuzz/target.h"

/// The driver of the ordinary test run: every file of the corpus as it is, then a fixed number of
/// mutations, the same in every run.
///
///     fuzz_json CORPUS_FOLDER [MUTATIONS [SEED]]
///     fuzz_json FILE
namespace fieldsync::fuzz {
namespace {

/// At 5 to 100 µs an input all targets together take four seconds.
constexpr std::uint64_t kMutations = 10'000;
constexpr std::uint64_t kSeed = 1;
/// Broken inputs shown; the rest is counted.
constexpr int kShownMax = 5;

constexpr const char* kLastInput = "fuzz-last-input";

/// What runs now, for the signal handler: a crash must leave its input behind.
std::string_view running;

void keep(std::string_view input) {
  if (std::FILE* file = std::fopen(kLastInput, "wb")) {
    std::fwrite(input.data(), 1, input.size(), file);
    std::fclose(file);
  }
}

extern "C" void on_crash(int signal) {
  keep(running);
  std::fprintf(stderr, "crashed (signal %d); the input is in %s\n0 passed, 1 failed\n", signal,
               kLastInput);
  std::_Exit(1);
}

class Replay {
 public:
  void run(std::string_view input, const std::string& name) {
    running = input;
    try {
      fuzz_one(input);
      ++passed_;
      return;
    } catch (const std::exception& broken) {
      if (failed_++ >= kShownMax) return;
      std::fprintf(stderr, "%s: %s\n", name.c_str(), broken.what());
    }
    if (failed_ == 1) keep(input);
  }
  int finish() const {
    if (failed_ > 0) std::fprintf(stderr, "the first input is in %s\n", kLastInput);
    std::printf("%d passed, %d failed\n", passed_, failed_);
    return failed_ == 0 && passed_ > 0 ? 0 : 1;
  }

 private:
  int passed_ = 0;
  int failed_ = 0;
};

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

int replay(const std::filesystem::path& path, std::uint64_t mutations, std::uint64_t seed) {
  Replay replay;
  if (!std::filesystem::is_directory(path)) {
    replay.run(content_of(path), path.string());
    return replay.finish();
  }
  std::map<std::string, std::string> files;  // sorted: the same inputs on every machine
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    files[entry.path().filename().string()] = content_of(entry.path());
  }
  std::vector<std::string> corpus;
  replay.run("", "nothing");
  for (const auto& [name, content] : files) {
    replay.run(content, name);
    corpus.push_back(content);
  }
  if (corpus.empty()) return replay.finish();
  Mutator mutator(corpus, seed);
  for (std::uint64_t i = 0; i < mutations; ++i) {
    replay.run(mutator.mutated(corpus[i % corpus.size()]), "mutation " + std::to_string(i));
  }
  return replay.finish();
}

}  // namespace
}  // namespace fieldsync::fuzz

int main(int count, char** arguments) {
  if (count < 2 || !std::filesystem::exists(arguments[1])) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER [MUTATIONS [SEED]] | FILE\n", arguments[0]);
    return 2;
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS}) {
    std::signal(signal, fieldsync::fuzz::on_crash);
  }
  const auto number = [&](int at, std::uint64_t otherwise) {
    return count > at ? std::strtoull(arguments[at], nullptr, 10) : otherwise;
  };
  return fieldsync::fuzz::replay(arguments[1], number(2, fieldsync::fuzz::kMutations),
                                 number(3, fieldsync::fuzz::kSeed));
}

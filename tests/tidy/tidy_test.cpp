#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/tidy/checks.h"

namespace fieldsync::tidy {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool is_checked(const fs::path& path) {
  static constexpr auto kEndings = std::to_array<std::string_view>(
      {".cpp", ".h", ".cmake", ".sql", ".md", ".sh", ".js", ".css", ".html", ".json"});
  const std::string name = path.filename().string();
  for (const std::string_view ending : kEndings) {
    if (name.ends_with(ending)) return true;
  }
  return name == "CMakeLists.txt";
}

/// Every file of ours; what tools made or fetched is not ours.
std::vector<Source> whole_tree() {
  const fs::path root = FIELDSYNC_SOURCE_ROOT;
  std::vector<Source> sources;
  for (auto at = fs::recursive_directory_iterator(root); at != fs::end(at); ++at) {
    const std::string name = at->path().filename().string();
    if (at->is_directory() && (name.starts_with('.') || name == "node_modules" ||
                               (at.depth() == 0 && name.starts_with("build")))) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file() && is_checked(at->path())) {
      sources.emplace_back(fs::relative(at->path(), root).generic_string(), read(at->path()));
    }
  }
  return sources;
}

std::string listed(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += "\n  " + finding.path + ":" + std::to_string(finding.line) + ": " + finding.rule;
  }
  return text;
}

std::string function_of(int lines) {
  std::string text = "int f(int a) {\n";
  for (int i = 0; i < lines - 2; ++i) text += "  a += 1;\n";
  return text + "}\n";
}

}  // namespace

TEST_CASE("the tree keeps the house rules") {
  const std::vector<Source> tree = whole_tree();
  CHECK(tree.size() > 50);  // the walk found the tree
  for (const Source& source : tree) {
    const Findings findings = check_source(source);
    CHECK_MESSAGE(findings.empty(), listed(findings));
  }
}

TEST_CASE("documents name files that exist") {
  const fs::path root = FIELDSYNC_SOURCE_ROOT;
  const auto exists = [&](const std::string& name) { return fs::exists(root / name); };
  for (const char* name : {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"}) {
    if (!fs::exists(root / name)) continue;
    const Findings findings = check_named_files(Source(name, read(root / name)), exists);
    CHECK_MESSAGE(findings.empty(), listed(findings));
  }
}

TEST_CASE("a broken layer is caught") {
  struct Row {
    const char* path;
    const char* include;
    bool good;
  };
  const std::vector<Row> rows = {
      {"platform/base/a.cpp", "platform/base/b.h", true},
      {"platform/a.cpp", "storage/database.h", false},
      {"platform/a.cpp", "platform/posix/descriptor.h", false},
      {"platform/posix/a.cpp", "platform/posix/descriptor.h", true},
      {"storage/a.cpp", "platform/clock.h", true},
      {"storage/a.cpp", "net/http.h", false},
      {"net/a.cpp", "storage/database.h", false},
      {"net/adapters/a.cpp", "net/http.h", true},
      {"net/sandbox/a.cpp", "storage/database.h", true},
      {"net/sandbox/a.cpp", "storage/work_store.h", false},
      {"net/a.cpp", "agent/sync/plan.h", false},
      {"agent/merge/a.cpp", "agent/merge/b.h", true},
      {"agent/merge/a.cpp", "storage/work_store.h", false},
      {"agent/sync/a.cpp", "storage/work_store.h", true},
      {"agent/sync/a.cpp", "agent/api/views.h", false},
      {"agent/sync/a.cpp", "agent/cli/commands.h", false},
      {"agent/sync/a.cpp", "agent/verbs/verbs.h", false},
      {"agent/sync/a.cpp", "agent/merge/b.h", true},
      {"agent/sync/a.cpp", "agent/sync/local/b.h", true},
      {"agent/sync/link/a.cpp", "agent/sync/link/b.h", true},
      {"agent/sync/push/a.cpp", "agent/sync/pull/b.h", true},
      {"agent/sync/pull/a.cpp", "agent/sync/push/b.h", false},
      {"agent/sync/pull/a.cpp", "agent/sync/b.h", false},
      {"agent/cli/a.cpp", "agent/api/views.h", true},
      {"agent/a.cpp", "tests/support/temp_folder.h", false},
      {"tests/unit/a.cpp", "tests/support/temp_folder.h", true},
      {"storage/a.cpp", "database.h", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CAPTURE(row.include);
    const Source source(row.path, "#include \"" + std::string(row.include) + "\"\n");
    CHECK(check_layers(source).empty() == row.good);
  }
}

TEST_CASE("a library outside its owner and a system header outside platform are caught") {
  const auto including = [](const char* path, const char* header) {
    return Source(path, "#include <" + std::string(header) + ">\n");
  };
  CHECK(check_libraries(including("storage/a.cpp", "sqlite3.h")).empty());
  CHECK(check_libraries(including("tests/a.cpp", "sqlite3.h")).empty());
  CHECK(check_libraries(including("net/a.cpp", "sqlite3.h")).size() == 1);
  CHECK(check_libraries(including("net/oauth.cpp", "curl/curl.h")).size() == 1);
  CHECK(check_libraries(including("agent/a.cpp", "nlohmann/json.hpp")).size() == 1);
  CHECK(check_libraries(including("storage/a.cpp", "boost/filesystem.hpp")).size() == 1);
  CHECK(check_libraries(including("agent/a.cpp", "doctest/doctest.h")).size() == 1);
  CHECK(check_system_headers(including("platform/posix/a.cpp", "unistd.h")).empty());
  CHECK(check_system_headers(including("tests/a.cpp", "unistd.h")).empty());
  CHECK(check_system_headers(including("platform/a.cpp", "unistd.h")).size() == 1);
  CHECK(check_system_headers(including("agent/a.cpp", "sys/stat.h")).size() == 1);
}

TEST_CASE("a banned call is caught in code, and only there") {
  const auto count = [](const char* path, const std::string& text) {
    return check_banned_calls(Source(path, text)).size();
  };
  CHECK(count("agent/a.cpp", "auto t = std::chrono::system_clock::now();\n") == 1);
  CHECK(count("tests/a.cpp", "auto t = std::chrono::steady_clock::now();\n") == 1);
  CHECK(count("platform/posix/a.cpp", "auto t = steady_clock::now();\n") == 0);
  CHECK(count("net/a.cpp", "std::this_thread::sleep_for(1s); int n = rand();\n") == 2);
  CHECK(count("tests/a.cpp", "sleep_for(1s);\n") == 0);
  CHECK(count("net/a.cpp", "operand(1); nanosleep_(2); int rand_max; sleep_until_done();\n") == 0);
  CHECK(count("net/a.cpp", "// rand()\n/* sleep(1)\n rand() */ auto s = \"rand()\";\n") == 0);
  CHECK(count("net/a.cpp", "auto s = R\"(\" rand() )\"; int n = 1'000; auto c = '\"'; rand();\n") ==
        1);
}

TEST_CASE("a function over 70 lines is caught wherever it stands") {
  const auto count = [](const std::string& text) {
    return check_sizes(Source("agent/a.cpp", text)).size();
  };
  CHECK(count(function_of(70)) == 0);
  CHECK(count(function_of(71)) == 1);
  CHECK(count("namespace a {\nclass B : public C {\n public:\n" + function_of(71) + "};\n}\n") ==
        1);
  CHECK(count("template <class T>\n" + function_of(71)) == 1);
  CHECK(count("A& A::operator=(const A& a) {\n" + std::string(80, '\n') + "}\n") == 1);
  CHECK(count("const T kTable[] = {\n" + std::string(80, '\n') + "};\n" + function_of(10)) == 0);
  CHECK(count("enum class E { a, b };\nstruct S { int i = f({1}); };\n" + function_of(71)) == 1);
  CHECK(count(function_of(40) + function_of(40)) == 0);
  CHECK(count("TEST_SUITE(\"a\") {\n" + function_of(40) + function_of(71) + "}\n") == 1);
}

TEST_CASE("a file over 600 lines is caught") {
  CHECK(check_sizes(Source("net/a.h", std::string(600, '\n'))).empty());
  CHECK(check_sizes(Source("net/a.h", std::string(601, '\n'))).size() == 1);
}

TEST_CASE("untidy text is caught") {
  const auto count = [](const char* path, const std::string& text) {
    return check_text(Source(path, text)).size();
  };
  CHECK(count("net/a.cpp", "int a;\n") == 0);
  CHECK(count("net/a.cpp", "\tint a;\n") == 1);
  CHECK(count("net/a.cpp", "int a; \n") == 1);
  CHECK(count("net/a.cpp", "int a;\r\n") == 1);
  CHECK(count("net/a.cpp", "int a;") == 1);
  CHECK(count("net/a.cpp", std::string(100, 'x') + "\n") == 0);
  CHECK(count("net/a.cpp", std::string(101, 'x') + "\n") == 1);
  CHECK(count("net/a.cpp", std::string(99, 'x') + "\xC3\xA9\n") == 0);
  CHECK(count("README.md", std::string(101, 'x') + "\n") == 0);
  CHECK(count("net/a.h", "int a;\n") == 1);
  CHECK(count("net/a.h", "#pragma once\n") == 0);
  CHECK(count("net/a.cpp", std::string("// TO") + "DO: later\n") == 1);
}

TEST_CASE("a document that names a file which is gone is caught") {
  const auto exists = [](const std::string& name) {
    return name == "storage/database.h" || name == "net/adapters";
  };
  const auto count = [&](const char* text) {
    return check_named_files(Source("README.md", text), exists).size();
  };
  CHECK(count("See `storage/database.h`, `storage/database` and `net/adapters/`.\n") == 0);
  CHECK(count("See `storage/gone.cpp`.\n") == 1);
  CHECK(count("Run `build/dev/x` and `net/adapters/*.h`; storage/gone.cpp is no claim.\n") == 0);
}

}  // namespace fieldsync::tidy

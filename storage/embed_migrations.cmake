# Run with cmake -P: writes OUTPUT, a C++ file that defines FUNCTION in NAMESPACE and returns the SQL
# files of FILES (NNNN_name.sql or set_NNNN_name.sql) as storage::Migration, in their order.
set(rows "")
foreach(file IN LISTS FILES)
  get_filename_component(stem "${file}" NAME_WE)
  if(NOT stem MATCHES "^([a-z]+_)?([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
    message(FATAL_ERROR "${file}: a migration is named NNNN_name.sql or set_NNNN_name.sql")
  endif()
  set(name "${CMAKE_MATCH_3}")
  math(EXPR number "1${CMAKE_MATCH_2} - 10000")
  file(READ "${file}" sql)
  string(APPEND rows "    {${number}, \"${name}\", R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"storage/migrator.h\"

namespace ${NAMESPACE} {

const std::vector<fieldsync::storage::Migration>& ${FUNCTION}() {
  static const std::vector<fieldsync::storage::Migration> migrations = {
${rows}  };
  return migrations;
}

}  // namespace ${NAMESPACE}
")

# cruddur_embed_sql(MODULE)
#
# Makes the header MODULE/sql.h of the queries in src/MODULE/sql/*.sql, one a file, and of the
# migrations in src/MODULE/sql/migrations/*.sql: user_by_handle.sql becomes
# sql::kUserByHandle, a misspelt query an error of the compiler. The header stays in the build folder.
#
# The same file is the script that writes the header: cmake -DFOLDER=… -DMODULE=… -DOUT=… -P this.

if(NOT CMAKE_SCRIPT_MODE_FILE)
  function(cruddur_embed_sql module)
    set(folder ${CMAKE_SOURCE_DIR}/src/${module}/sql)
    set(out ${CMAKE_BINARY_DIR}/generated/${module}/sql.h)
    file(GLOB files CONFIGURE_DEPENDS ${folder}/*.sql ${folder}/migrations/*.sql)
    add_custom_command(
      OUTPUT ${out}
      COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DMODULE=${module} -DOUT=${out}
              -P ${CMAKE_SOURCE_DIR}/cmake/embed_sql.cmake
      DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed_sql.cmake
      COMMENT "Embedding src/${module}/sql" VERBATIM)
    target_sources(${module} PRIVATE ${out})
    target_include_directories(${module} PUBLIC ${CMAKE_BINARY_DIR}/generated)
  endfunction()
  return()
endif()

function(embed_statement file result)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  set(${result} "{\"${name}\", R\"sql(${text})sql\"}" PARENT_SCOPE)
endfunction()

set(header "// Made from src/${MODULE}/sql by cmake/embed_sql.cmake.\n#pragma once\n\n")
string(APPEND header "#include \"${MODULE}/statement.h\"\n\nnamespace cruddur::${MODULE}::sql {\n\n")

file(GLOB queries ${FOLDER}/*.sql)
list(SORT queries)
foreach(file ${queries})
  get_filename_component(name ${file} NAME_WE)
  string(REPLACE "_" ";" words ${name})
  set(constant k)
  foreach(word ${words})
    string(SUBSTRING ${word} 0 1 initial)
    string(SUBSTRING ${word} 1 -1 rest)
    string(TOUPPER ${initial} initial)
    string(APPEND constant ${initial}${rest})
  endforeach()
  embed_statement(${file} statement)
  string(APPEND header "inline constexpr Statement ${constant}${statement};\n\n")
endforeach()

file(GLOB migrations ${FOLDER}/migrations/*.sql)
list(SORT migrations)
string(APPEND header "// In the order in which they apply.\ninline constexpr Statement kMigrations[] = {\n")
foreach(file ${migrations})
  embed_statement(${file} statement)
  string(APPEND header "    ${statement},\n")
endforeach()
string(APPEND header "};\n\n}  // namespace cruddur::${MODULE}::sql\n")
file(WRITE ${OUT} "${header}")

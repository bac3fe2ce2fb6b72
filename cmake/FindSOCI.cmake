# Debian ships no SOCI config: SOCI::core, SOCI::sqlite3, SOCI::postgresql, SOCI::mysql (shared libraries, because they end up in plugins).
find_path(SOCI_INCLUDE_DIR soci/soci.h)
find_library(SOCI_CORE_LIBRARY soci_core)
find_library(SOCI_SQLITE3_LIBRARY soci_sqlite3)
find_library(SOCI_POSTGRESQL_LIBRARY soci_postgresql)
find_library(SOCI_MYSQL_LIBRARY soci_mysql)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SOCI REQUIRED_VARS SOCI_CORE_LIBRARY SOCI_SQLITE3_LIBRARY SOCI_POSTGRESQL_LIBRARY SOCI_INCLUDE_DIR)
foreach(part CORE SQLITE3 POSTGRESQL MYSQL)
  string(TOLOWER ${part} lower)
  if(SOCI_FOUND AND NOT TARGET SOCI::${lower})
    add_library(SOCI::${lower} UNKNOWN IMPORTED)
    # The config header wants Boost only for templates that we do not use: its include guard and three macros replace it.
    set_target_properties(SOCI::${lower} PROPERTIES
      IMPORTED_LOCATION ${SOCI_${part}_LIBRARY}
      INTERFACE_INCLUDE_DIRECTORIES "${SOCI_INCLUDE_DIR};${SOCI_INCLUDE_DIR}/soci"
      INTERFACE_COMPILE_DEFINITIONS "SOCICONFIG_H_INCLUDED;SOCI_HAVE_CXX11;SOCI_HAVE_VISIBILITY_SUPPORT")
  endif()
endforeach()

// dialect/plugin.h: how the tool finds the online half of a dialect: a shared object
// `cambium-db-<dialect>.so` with one C entry point, loaded when a database is first opened. The
// host exports its core; the plugin brings its client library.
#pragma once

#include <cstdint>

#include "compiler/dialect/session.h"

namespace cambium::dialect {

inline constexpr uint32_t kPluginApi = 2;
inline constexpr const char kPluginEntry[] = "cambium_db_plugin";

struct PluginInfo {
  uint32_t api = kPluginApi;
  uint32_t size = sizeof(PluginInfo);
  const char* dialect = "";
  const char* version = "";
  const char* abi = "";  // compiler and standard library that both sides must share, from abiId()
  DbResult<std::unique_ptr<Session>> (*open)(std::string_view url, const SessionOptions&) = nullptr;
};
using PluginEntry = PluginInfo (*)();

// "gcc12-cxx11abi1": of whoever compiles this header.
constexpr const char* abiId() {
#define CAMBIUM_TEXT2(x) #x
#define CAMBIUM_TEXT(x) CAMBIUM_TEXT2(x)
  return "gcc" CAMBIUM_TEXT(__GNUC__) "-cxx11abi" CAMBIUM_TEXT(_GLIBCXX_USE_CXX11_ABI);
#undef CAMBIUM_TEXT
#undef CAMBIUM_TEXT2
}

}  // namespace cambium::dialect

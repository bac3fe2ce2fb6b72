// bench/tool.h: the built tool as a process.
#pragma once

#include <vector>

namespace cambium::bench {

// Runs the tool to its end. True if it succeeded.
bool runTool(const std::vector<const char*>& arguments);

}  // namespace cambium::bench

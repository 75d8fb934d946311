#pragma once

namespace orgo {

/// Reads the command line and runs the subcommand that it names. The exit status: 0 done, 1 it failed, 2 asked wrongly.
int run_command_line(int argc, char** argv);

}  // namespace orgo

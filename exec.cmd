@rem The npm scripts use the exec of POSIX shells, so that signals reach the program. This is exec for Windows.
@%*

@echo off
rem Starts Unified Memory on Windows: see the launcher for Unix beside this file, which does the same.
rem   UNIFIED_MEMORY_JAVA    the Java to use: its home folder
rem   UNIFIED_MEMORY_CACHE   folder for archives and the native library
rem   UNIFIED_MEMORY_TRAIN   off: no archive is made in the background when there is none
setlocal EnableExtensions DisableDelayedExpansion
for %%I in ("%~dp0..") do set "um_home=%%~fI"
set "um_jar=%um_home%\lib\unified-memory-mcp.jar"
if not exist "%um_jar%" (
  >&2 echo unified-memory: "%um_jar%" is missing: install again
  exit /b 1
)

set "um_best=0"
set "um_java="
if defined UNIFIED_MEMORY_JAVA (
  call :consider "%UNIFIED_MEMORY_JAVA%"
  if not defined um_java (
    >&2 echo unified-memory: UNIFIED_MEMORY_JAVA is "%UNIFIED_MEMORY_JAVA%": give the home folder of a Java 17 or newer
    exit /b 1
  )
  goto found
)
call :consider "%um_home%\runtime"
if defined um_java goto found
if defined JAVA_HOME call :consider "%JAVA_HOME%"
if defined um_java goto found
for %%V in ("Eclipse Adoptium" "Java" "Microsoft" "Zulu" "Amazon Corretto" "BellSoft" "Semeru" "RedHat") do (
  for /d %%D in ("%ProgramFiles%\%%~V\*") do call :consider "%%~fD"
)
for /d %%D in ("%LOCALAPPDATA%\Programs\Eclipse Adoptium\*" "%USERPROFILE%\.jdks\*" "%USERPROFILE%\.sdkman\candidates\java\*" "%USERPROFILE%\scoop\apps\*jdk*") do call :consider "%%~fD"
for %%P in (java.exe) do if not "%%~$PATH:P"=="" for %%H in ("%%~dp$PATH:P..") do call :consider "%%~fH"
if not defined um_java (
  >&2 echo unified-memory: no Java 17 or newer was found: install one, such as https://adoptium.net/temurin/releases,
  >&2 echo or give its home folder in UNIFIED_MEMORY_JAVA; the bundle with a runtime needs none
  exit /b 1
)

:found
set "um_cache=%UNIFIED_MEMORY_CACHE%"
if not defined um_cache set "um_cache=%LOCALAPPDATA%\unified-memory\cache"
set "um_key=%um_home::=%"
set "um_key=%um_key:\=-%"
set "um_kind=jsa"
set "um_use=-XX:SharedArchiveFile="
if %um_major% geq 25 (
  set "um_kind=aot"
  set "um_use=-XX:AOTCache="
)
set "um_archive=%um_cache%\%um_key%-%um_build%.%um_kind%"
set "um_used="
if not "%~1"=="train" if not defined JDK_JAVA_OPTIONS if not defined JAVA_TOOL_OPTIONS (
  call :use "%um_home%\lib\unified-memory.%um_kind%"
  call :use "%um_archive%"
)
set "um_flag="
if defined um_used set um_flag="%um_use%%um_used%"
set um_target="-Dunified-memory.archive=%um_archive%"
if /i "%UNIFIED_MEMORY_TRAIN%"=="off" if not "%~1"=="train" set "um_target="
set "um_small=-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xms16m -XX:NewSize=8m -XX:-AOTRecordTraining -XX:-AOTReplayTraining"
set "um_small=%um_small% -XX:Tier3InvocationThreshold=60 -XX:Tier3MinInvocationThreshold=30 -XX:Tier3CompileThreshold=600"
set "um_small=%um_small% -Dunified-memory.watch-heap=true -XX:MaxHeapFreeRatio=50 -XX:-ShrinkHeapInSteps"
if "%~1"=="serve" if "%~2"=="--http" set "um_small="
"%um_java%" %um_flag% -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions %um_small% -XX:-UsePerfData -XX:AsyncDeflationInterval=60000 -XX:ArchiveRelocationMode=0 -XX:+DisplayVMOutputToStderr -Xlog:disable %um_target% --enable-native-access=ALL-UNNAMED -cp "%um_jar%" io.unifiedmemory.Main %*
exit /b %errorlevel%

rem Uses an archive whose size is the one that was noted beside it.
:use
if not exist "%~1.note" exit /b
set "um_size="
set /p um_size=<"%~1.note"
if "%~z1"=="%um_size%" set "um_used=%~1"
exit /b

rem Keeps the Java in a folder if it is better than the one before: newest long-term support, else newest.
:consider
if not exist "%~1\bin\java.exe" exit /b
if not exist "%~1\release" exit /b
set "um_version="
set "um_runtime="
for /f "usebackq tokens=1,2 delims==" %%A in ("%~1\release") do (
  if "%%A"=="JAVA_VERSION" set "um_version=%%~B"
  if "%%A"=="JAVA_RUNTIME_VERSION" set "um_runtime=%%~B"
)
if not defined um_version exit /b
if not defined um_runtime set "um_runtime=%um_version%"
for /f "delims=.-+" %%M in ("%um_version%") do set "um_number=%%M"
if %um_number% lss 17 exit /b
set /a "um_rank=um_number, um_rest=(um_number-17) %% 4"
if %um_rest% equ 0 set /a "um_rank=um_number+1000"
if %um_rank% leq %um_best% exit /b
set "um_best=%um_rank%"
set "um_java=%~1\bin\java.exe"
set "um_major=%um_number%"
set "um_build=%um_runtime%"
exit /b

# What bin/run, bin/test and bin/bench share; sourced, never run.
# Every failure that a newcomer can meet gives one sentence and stops.

export PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
venv=$root/.venv

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Sets $python to the first Python >= 3.11 on the PATH.
find_python() {
    local name found=没有找到\ python3
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        command -v "$name" >/dev/null 2>&1 || continue
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$name
            return
        fi
        found="只有 $("$name" -c 'import platform; print(platform.python_version())' 2>/dev/null || true)"
    done
    fail "需要 Python 3.11 或更高版本，本机${found}；请先安装，例如 apt-get install python3，再重新运行。"
}

# Debian and Ubuntu pack venv apart from Python.
need_venv_module() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    local package as_root=
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" != 0 ]; then
        as_root="sudo -n"
        $as_root true 2>/dev/null || as_root=none
    fi
    if [ "$as_root" != none ] && command -v apt-get >/dev/null 2>&1; then
        say "正在安装系统软件包 $package ……"
        { $as_root apt-get update -q && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -qy --no-install-recommends "$package"; } >/dev/null 2>&1 </dev/null || true
        "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    fi
    fail "缺少系统软件包 ${package}：请用管理员身份运行 apt-get install ${package}，再重新运行。"
}

# need_writable FOLDER: makes the folder when missing.
need_writable() {
    local probe=$1/.writable.$$
    if ! { mkdir -p "$1" && : >"$probe"; } 2>/dev/null; then
        fail "文件夹 $1 不可写：请修改其权限，或把程序放到有写权限的文件夹，再重新运行。"
    fi
    rm -f "$probe"
}

# install FILE...: the venv with exactly these requirements; nothing to do costs no time.
install() {
    local wanted stamp=$venv/.installed file
    wanted=$(cd "$root" && sha256sum "$@")
    # A stamp of more files than asked for covers them too.
    if [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && ! grep -qvxFf "$stamp" <<<"$wanted"; then
        return
    fi
    need_writable "$root"
    find_python
    need_venv_module
    if ! "$venv/bin/python" -c '' 2>/dev/null; then
        say "正在建立运行环境 .venv ……"
        "$python" -m venv --clear "$venv" >/dev/null || fail "无法建立 .venv：请检查磁盘空间，删除 .venv 后重新运行。"
    fi
    rm -f "$stamp"
    say "正在下载并安装依赖（首次约需一分钟）……"
    local arguments=()
    for file in "$@"; do arguments+=(-r "$file"); done
    if ! (cd "$root" && "$venv/bin/python" -m pip install --quiet "${arguments[@]}") >"$venv/pip.log" 2>&1 </dev/null; then
        fail "下载或安装依赖失败：请检查网络，或用环境变量 PIP_INDEX_URL 指定可用的软件源，再重新运行；详情见 .venv/pip.log。"
    fi
    printf '%s\n' "$wanted" >"$stamp"
}

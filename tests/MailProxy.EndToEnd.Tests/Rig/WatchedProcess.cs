using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>A server as a process of its own, whose output is read as it comes.</summary>
internal class WatchedProcess : IAsyncDisposable
{
    // Nobody waits so long but where something hangs, or on a machine that others build on: moving fifty users took 17 s at a load of 19 and more than a minute at 70.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly List<(Predicate<string> IsWanted, TaskCompletionSource<string> Seen)> _waiting = [];
    private readonly Lock _lock = new();

    /// <summary>Starts it.</summary>
    protected WatchedProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Everything it wrote so far.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>CPU time that it has used, user and system.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Lines so far with this text.</summary>
    public int CountOf(string text) => _lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>The first line, past or future, with this text.</summary>
    public Task<string> SeeAsync(string text) => SeeAsync(line => line.Contains(text, StringComparison.Ordinal), text);

    /// <summary>Until there are two lines with this text.</summary>
    public Task<string> SeeTwiceAsync(string text)
    {
        // The count is of lines that are kept already; the one that is asked about is among them.
        return SeeAsync(line => line.Contains(text, StringComparison.Ordinal) && CountOf(text) > 1, text);
    }

    /// <summary>Its exit code.</summary>
    public Task<int> ExitAsync() => ExitAsync(Patience);

    /// <summary>The same, with more patience or less.</summary>
    public async Task<int> ExitAsync(TimeSpan patience)
    {
        await _process.WaitForExitAsync().WaitAsync(patience);
        return _process.ExitCode;
    }

    /// <summary>Ctrl-C.</summary>
    public void Interrupt() => Signal(2);

    /// <summary>SIGHUP.</summary>
    public void HangUp() => Signal(1);

    /// <summary>Ends it as a power cut would: SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task<string> SeeAsync(Predicate<string> isWanted, string what)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.FirstOrDefault(line => isWanted(line)) is { } line)
            {
                return line;
            }

            _waiting.Add((isWanted, seen));
        }

        var exit = _process.WaitForExitAsync();
        if (await Task.WhenAny(seen.Task, exit).WaitAsync(Patience) == exit && !seen.Task.IsCompleted)
        {
            throw new InvalidOperationException($"It ended with {_process.ExitCode} before it said '{what}':\n{Output}");
        }

        return await seen.Task;
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _lines.Enqueue(line);
            foreach (var (_, seen) in _waiting.Where(entry => entry.IsWanted(line)))
            {
                seen.TrySetResult(line);
            }
        }
    }

    private void Signal(int number)
    {
        if (Kill(_process.Id, number) != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"kill failed: {Marshal.GetLastPInvokeError()}"));
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);
}

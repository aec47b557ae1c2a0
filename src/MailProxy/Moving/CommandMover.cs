using System.ComponentModel;
using System.Diagnostics;
using MailProxy.Routing.Moves;

namespace MailProxy.Moving;

/// <summary>
/// The stores' half of a move by a command of the operator's (<c>--via</c>), for stores that know no moves. It runs once, between hold and flip, with
/// user, old and new store as its arguments and as MAILPROXY_USER, MAILPROXY_FROM, MAILPROXY_TO and MAILPROXY_MOVE; exit code 0 means that all mail is
/// at the new store. It must stand being run again.
/// </summary>
internal sealed class CommandMover(string command, TextWriter output) : IStoreMover
{
    /// <inheritdoc/>
    public Task CheckAsync(MoveRecord move, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task CopyAsync(MoveRecord move, bool isLast, IProgress<CopyProgress> progress, CancellationToken cancellationToken)
    {
        if (!isLast)
        {
            return;
        }

        using var process = Start(move);
        var lines = Task.WhenAll(PassAsync(process.StandardOutput), PassAsync(process.StandardError));
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // It must not go on copying while the user is served again.
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        await lines;
        if (process.ExitCode != 0)
        {
            throw new MoveException($"'{command}' ended with exit code {process.ExitCode}");
        }
    }

    /// <inheritdoc/>
    public Task HoldSourceAsync(MoveRecord move, TimeSpan lease, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task ReleaseSourceAsync(MoveRecord move, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task FenceSourceAsync(MoveRecord move, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task UnfenceAsync(MoveRecord move, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task ActivateAsync(MoveRecord move, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<bool> DropCopyAsync(MoveRecord move, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <inheritdoc/>
    public Task PurgeAsync(MoveRecord move, CancellationToken cancellationToken) => Task.CompletedTask;

    private Process Start(MoveRecord move)
    {
        // By arguments, never through a shell: a user's name is data.
        var start = new ProcessStartInfo(command, [move.User, move.From, move.To])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MAILPROXY_USER"] = move.User;
        start.Environment["MAILPROXY_FROM"] = move.From;
        start.Environment["MAILPROXY_TO"] = move.To;
        start.Environment["MAILPROXY_MOVE"] = move.Id;
        try
        {
            return Process.Start(start) ?? throw new MoveException($"'{command}' did not start");
        }
        catch (Exception exception) when (exception is Win32Exception or FileNotFoundException)
        {
            throw new MoveException($"'{command}' cannot be run: {exception.Message}", exception);
        }
    }

    private async Task PassAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            await output.WriteLineAsync($"         {line}");
        }
    }
}

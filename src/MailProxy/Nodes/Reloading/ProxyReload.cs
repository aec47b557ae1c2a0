using System.Diagnostics.CodeAnalysis;
using MailProxy.Configuration;
using MailProxy.Directory;
using MailProxy.Http.Admin;
using MailProxy.Logging;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes.Reloading;

/// <summary>
/// Reads a proxy's configuration again and applies what can be applied without ending a session. All of it is judged first: a bad one changes nothing.
/// One at a time.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing, and a late signal must find it alive.")]
internal sealed class ProxyReload(ProxyConfig first, ConfigSource<ProxyConfig>? source, ReloadParts parts, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private ConfigFollower? _follower;
    private volatile ProxyConfig _running = first;

    /// <summary>What the node runs by now: what was read last, but for what counts after a restart only.</summary>
    public ProxyConfig Running => _running;

    /// <summary>Begins to look for changes of the file.</summary>
    public void Follow() => _follower = source is null ? null : new ConfigFollower(source.File, () => _ = RunAsync(isAsked: false), logger, time);

    /// <summary>Reads and applies. Never fails: what is bad is told and logged.</summary>
    /// <param name="isAsked">Certificates and other files that are named are read too, changed or not.</param>
    public async Task<AdminReload> RunAsync(bool isAsked)
    {
        await _turn.WaitAsync();
        try
        {
            if (isAsked)
            {
                parts.Tls?.Reload();
                parts.Tokens?.Reload();
                parts.Access?.Reload();
            }

            return source is null ? Told([], [], []) : await ReadAsync(source);
        }
        catch (InvalidConfigurationException exception)
        {
            return Refuse(exception.Errors);
        }
        catch (IOException exception)
        {
            return Refuse([exception.Message]);
        }
        catch (Exception exception)
        {
            // On a timer's or a signal's thread it would end the process, and with it every session.
            logger.LogError(exception, "Reading the configuration again failed");
            return Told([], [], ["a fault of ours; the log says more"]);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _follower?.Dispose();

        // What is being applied is applied to the end; whoever comes later waits for ever, with a node that is gone.
        await _turn.WaitAsync();
    }

    private async Task<AdminReload> ReadAsync(ConfigSource<ProxyConfig> from)
    {
        var next = from.Load();
        var servesTls = parts.Tls is not null && next.Tls.Certificate is not null;
        var changes = SettingChanges.Between(_running, next).ToLookup(path => RestartOnly.Has(path, servesTls));
        string[] applied = [.. changes[false]];
        string[] late = [.. changes[true]];
        RestartOnly.Keep(_running, next, servesTls);

        // Each half may be good by itself and the mixture not: a login method whose certificate comes after the restart.
        string[] errors = [.. next.Validate().Select(error => $"{error} (Together with {string.Join(", ", late)}, which counts after a restart: restart the node.)")];
        if (errors.Length > 0)
        {
            return Refuse(errors);
        }

        var problems = applied.Length == 0 ? [] : await ApplyAsync(next, applied);
        _running = next;
        Log(applied, late);
        return Told(applied, late, problems);
    }

    // What may fail comes first, and nothing has changed if it does; listeners come last, each for itself.
    private async Task<IReadOnlyList<string>> ApplyAsync(ProxyConfig next, string[] changed)
    {
        var settings = ProxySettingsOf.Config(next, parts.Tls?.Tls, parts.Identity, parts.Tokens);
        if (IsIn("Tls"))
        {
            parts.Tls?.Use(next.Tls);
        }

        if (IsIn("Directory"))
        {
            var directory = UserDirectoryFactory.Create(next.Directory, parts.Loggers, time, parts.Shared);
            await directory.StartAsync(CancellationToken.None);
            parts.Directory.Switch(directory);
        }

        parts.Proxy.Use(settings);
        if (parts.Loggers is LeveledLoggerFactory leveled)
        {
            leveled.Level = next.Log.Level;
        }

        var problems = IsIn("Listeners") ? await parts.Listeners.ReplaceAsync(next.Listeners, parts.IsDraining(), CancellationToken.None) : [];
        foreach (var problem in problems)
        {
            logger.LogError("A listener of the new configuration is not open: {Problem}", problem);
        }

        return problems;

        bool IsIn(string section) => Array.Exists(changed, path => path == section || path.StartsWith(section + ":", StringComparison.Ordinal));
    }

    private AdminReload Refuse(IReadOnlyList<string> errors)
    {
        logger.LogError("The configuration {Path} was refused, what was read before stays in force: {Errors}", source!.File, string.Join("; ", errors));
        return new AdminReload(_running.Node.Name, [], [], errors, []);
    }

    private AdminReload Told(IReadOnlyList<string> applied, IReadOnlyList<string> late, IReadOnlyList<string> problems) =>
        new(_running.Node.Name, applied, late, [], problems);

    private void Log(string[] applied, string[] late)
    {
        if (applied.Length > 0 || late.Length == 0)
        {
            logger.LogInformation("The configuration {Path} was read again: {Settings} changed", source!.File, applied.Length == 0 ? "nothing" : string.Join(", ", applied));
        }

        if (late.Length > 0)
        {
            logger.LogWarning("The configuration {Path} was read again; in force after a restart only: {Settings}", source!.File, string.Join(", ", late));
        }
    }
}

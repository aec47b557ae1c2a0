using System.Diagnostics.CodeAnalysis;
using MailProxy.Configuration;
using MailProxy.Http.Admin;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes.Reloading;

/// <summary>
/// Reads a node's configuration again and applies what can be applied without ending a session. All of it is judged first: a bad one changes nothing.
/// One at a time.
/// </summary>
/// <param name="name">The node's.</param>
/// <param name="first">What the node began with.</param>
/// <param name="source">Where it came from; null: it is not read again, only the files that it names are.</param>
/// <param name="time">When to look whether the file has changed.</param>
/// <param name="logger">Hears what was taken and what was not.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing, and a late signal must find it alive.")]
internal abstract class NodeReload<TConfig>(string name, TConfig first, ConfigSource<TConfig>? source, TimeProvider time, ILogger logger) : IAsyncDisposable
    where TConfig : class, INodeConfig
{
    private readonly SemaphoreSlim _turn = new(1);
    private ConfigFollower? _follower;
    private volatile TConfig _running = first;

    /// <summary>What the node runs by now: what was read last, but for what counts after a restart only.</summary>
    public TConfig Running => _running;

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
                ReadFiles();
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

    private async Task<AdminReload> ReadAsync(ConfigSource<TConfig> from)
    {
        var next = from.Load();
        var changes = SettingChanges.Between(_running, next).ToLookup(path => IsLate(path, next));
        string[] applied = [.. changes[false]];
        string[] late = [.. changes[true]];
        Keep(next);

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

    /// <summary>Whether a setting's section is among those that changed.</summary>
    protected static bool IsIn(string section, string[] changed) => Array.Exists(changed, path => RestartOnly.IsAtOrBelow(path, section));

    /// <summary>Reads the files that the configuration names, changed or not.</summary>
    protected abstract void ReadFiles();

    /// <summary>Whether a setting counts after a restart only.</summary>
    /// <param name="path">As <see cref="SettingChanges"/> gives it.</param>
    /// <param name="next">What was read.</param>
    protected abstract bool IsLate(string path, TConfig next);

    /// <summary>Puts back what counts after a restart only.</summary>
    protected abstract void Keep(TConfig next);

    /// <summary>Applies what changed. What may fail comes first, and nothing has changed if it does. Returns what could not be done all the same.</summary>
    protected abstract Task<IReadOnlyList<string>> ApplyAsync(TConfig next, string[] changed);

    private AdminReload Refuse(IReadOnlyList<string> errors)
    {
        logger.LogError("The configuration {Path} was refused, what was read before stays in force: {Errors}", source!.File, string.Join("; ", errors));
        return new AdminReload(name, [], [], errors, []);
    }

    private AdminReload Told(IReadOnlyList<string> applied, IReadOnlyList<string> late, IReadOnlyList<string> problems) =>
        new(name, applied, late, [], problems);

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

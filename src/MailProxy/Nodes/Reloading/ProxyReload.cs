using MailProxy.Configuration;
using MailProxy.Directory;
using MailProxy.Logging;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes.Reloading;

/// <summary>What of a proxy's configuration is taken while it runs.</summary>
internal sealed class ProxyReload(ProxyConfig first, ConfigSource<ProxyConfig>? source, ReloadParts parts, TimeProvider time, ILogger logger)
    : NodeReload<ProxyConfig>(first.Node.Name, first, source, time, logger)
{
    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;

    /// <inheritdoc/>
    protected override void ReadFiles()
    {
        parts.Tls?.Reload();
        parts.Tokens?.Reload();
        parts.Access?.Reload();
    }

    /// <inheritdoc/>
    protected override bool IsLate(string path, ProxyConfig next) => RestartOnly.Has(path, ServesTls(next));

    /// <inheritdoc/>
    protected override void Keep(ProxyConfig next) => RestartOnly.Keep(Running, next, ServesTls(next));

    /// <inheritdoc/>
    // Listeners come last, each for itself.
    protected override async Task<IReadOnlyList<string>> ApplyAsync(ProxyConfig next, string[] changed)
    {
        var settings = ProxySettingsOf.Config(next, parts.Tls?.Tls, parts.Identity, parts.Tokens);
        if (IsIn("Tls", changed))
        {
            parts.Tls?.Use(next.Tls);
        }

        if (IsIn("Directory", changed))
        {
            var directory = UserDirectoryFactory.Create(next.Directory, parts.Loggers, _time, parts.Shared);
            await directory.StartAsync(CancellationToken.None);
            parts.Directory.Switch(directory);
        }

        parts.Proxy.Use(settings);
        if (parts.Loggers is LeveledLoggerFactory leveled)
        {
            leveled.Level = next.Log.Level;
        }

        var problems = IsIn("Listeners", changed) ? await parts.Listeners.ReplaceAsync(next.Listeners, parts.IsDraining(), CancellationToken.None) : [];
        foreach (var problem in problems)
        {
            _logger.LogError("A listener of the new configuration is not open: {Problem}", problem);
        }

        return problems;
    }

    private bool ServesTls(ProxyConfig next) => parts.Tls is not null && next.Tls.Certificate is not null;
}

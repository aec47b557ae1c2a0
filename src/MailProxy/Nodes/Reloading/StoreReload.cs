using MailProxy.Configuration;
using MailProxy.Logging;
using MailProxy.Store.Access.Tokens;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes.Reloading;

/// <summary>What of a store's configuration is taken while it runs: certificates and the level of its log. All else counts after a restart.</summary>
internal sealed class StoreReload(
    StoreConfig first, ConfigSource<StoreConfig>? source, ServerTlsFiles? tls, StoreTokenVerifier? tokens, ILoggerFactory loggers, TimeProvider time, ILogger logger)
    : NodeReload<StoreConfig>(first.Node.Name, first, source, time, logger)
{
    /// <inheritdoc/>
    protected override void ReadFiles()
    {
        tls?.Reload();
        tokens?.Reload();
    }

    /// <inheritdoc/>
    protected override bool IsLate(string path, StoreConfig next) => path != "Log:Level" && (tls is null || !RestartOnly.IsAtOrBelow(path, "Tls"));

    /// <inheritdoc/>
    protected override void Keep(StoreConfig next)
    {
        next.Node = Running.Node;
        next.Store = Running.Store;
        next.Listeners = Running.Listeners;
        next.Access = Running.Access;
        next.Moves = Running.Moves;
        next.Consul = Running.Consul;
        next.Log.Format = Running.Log.Format;
        if (tls is null)
        {
            next.Tls = Running.Tls;
        }
    }

    /// <inheritdoc/>
    protected override Task<IReadOnlyList<string>> ApplyAsync(StoreConfig next, string[] changed)
    {
        if (IsIn("Tls", changed))
        {
            tls?.Use(next.Tls);
        }

        if (loggers is LeveledLoggerFactory leveled)
        {
            leveled.Level = next.Log.Level;
        }

        return Task.FromResult<IReadOnlyList<string>>([]);
    }
}

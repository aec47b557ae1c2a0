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
    protected override bool IsLate(string path, StoreConfig next) => StoreRestartOnly.Has(path, tls is not null);

    /// <inheritdoc/>
    protected override void Keep(StoreConfig next) => StoreRestartOnly.Keep(Running, next, tls is not null);

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

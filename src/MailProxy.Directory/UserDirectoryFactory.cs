using MailProxy.Directory.Access;
using MailProxy.Directory.Cache;
using MailProxy.Directory.Chain;
using MailProxy.Directory.File;
using MailProxy.Directory.Guard;
using MailProxy.Directory.HttpAuth;
using MailProxy.Directory.Ldap;
using MailProxy.Directory.OAuth;
using MailProxy.Directory.Proofs;
using MailProxy.Directory.Shared;
using MailProxy.Directory.Sql;
using MailProxy.Directory.Static;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory;

/// <summary>Makes the directory that the options name.</summary>
public static class UserDirectoryFactory
{
    /// <summary>A directory that is not started yet: until <see cref="IDirectoryProvider.StartAsync"/> it is temporarily unavailable.</summary>
    /// <param name="options">Valid (<see cref="DirectoryOptions.Validate"/>).</param>
    /// <param name="loggers">For its own log lines.</param>
    /// <param name="time">For polling.</param>
    /// <param name="shared">Where all nodes count guesses together; null: each by itself.</param>
    /// <exception cref="ArgumentException">The provider is none of ours.</exception>
    public static IDirectoryProvider Create(DirectoryOptions options, ILoggerFactory loggers, TimeProvider time, SharedCounts? shared = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var directory = Unguarded(options, loggers, time);

        // In a laboratory everybody has one password, and there is nothing to guess.
        return new ChallengingDirectory(
            directory is StaticUserDirectory
                ? directory
                : new GuardedDirectory(new RestrictingDirectory(directory), options.Guard, time, Random.Shared, shared?.GuardFor(options.Guard)),
            options.Challenge);
    }

    private static IDirectoryProvider Unguarded(DirectoryOptions options, ILoggerFactory loggers, TimeProvider time) =>
        options.IsChain
            ? new ProviderChain([.. options.Chain.Select(link => new ChainLink(link, Cached(link, options.Cache, loggers, time)))])
            : Cached(options, options.Cache, loggers, time);

    // The static provider is quicker than any cache.
    private static IDirectoryProvider Cached(ProviderOptions options, DirectoryCacheOptions cache, ILoggerFactory loggers, TimeProvider time) =>
        CreateProvider(options, loggers, time) is var provider && (cache.IsOff || provider is StaticUserDirectory)
            ? provider
            : new CachingDirectory(options.Provider.ToLowerInvariant(), provider, cache, time);

    private static IDirectoryProvider CreateProvider(ProviderOptions options, ILoggerFactory loggers, TimeProvider time) => options.Provider.ToUpperInvariant() switch
    {
        "FILE" => new FileUserDirectory(options.File, loggers.CreateLogger<FileUserDirectory>(), time),
        "POSTGRESQL" => SqlUserDirectory.PostgreSql(options.Sql, loggers.CreateLogger<SqlUserDirectory>(), time),
        "SQLITE" => SqlUserDirectory.Sqlite(options.Sql, loggers.CreateLogger<SqlUserDirectory>(), time),
        "HTTP" => new HttpUserDirectory(options.HttpAuth, loggers.CreateLogger<HttpUserDirectory>(), time),
        "LDAP" => new LdapUserDirectory(options.Ldap, loggers.CreateLogger<LdapUserDirectory>(), time),
        "OAUTH" => new OAuthUserDirectory(options.OAuth, loggers.CreateLogger<OAuthUserDirectory>(), time),
        "STATIC" => new StaticUserDirectory(options.Static),
        _ => throw new ArgumentException($"'{options.Provider}' is not a directory provider", nameof(options)),
    };
}

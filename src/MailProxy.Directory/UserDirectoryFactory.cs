using MailProxy.Directory.Chain;
using MailProxy.Directory.File;
using MailProxy.Directory.Ldap;
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
    /// <exception cref="ArgumentException">The provider is none of ours.</exception>
    public static IDirectoryProvider Create(DirectoryOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.IsChain
            ? new ProviderChain([.. options.Chain.Select(link => new ChainLink(link, CreateProvider(link, loggers, time)))])
            : CreateProvider(options, loggers, time);
    }

    private static IDirectoryProvider CreateProvider(ProviderOptions options, ILoggerFactory loggers, TimeProvider time) => options.Provider.ToUpperInvariant() switch
    {
        "FILE" => new FileUserDirectory(options.File, loggers.CreateLogger<FileUserDirectory>(), time),
        "LDAP" => new LdapUserDirectory(options.Ldap, loggers.CreateLogger<LdapUserDirectory>(), time),
        "STATIC" => new StaticUserDirectory(options.Static),
        _ => throw new ArgumentException($"'{options.Provider}' is not a directory provider", nameof(options)),
    };
}

using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.Ldap;

/// <summary>What a started provider is made of.</summary>
internal sealed class LdapParts : IAsyncDisposable
{
    private readonly TrustFolder? _trust;

    private LdapParts(LdapDirectoryOptions options, TrustFolder? trust, LdapServers servers, ILogger logger)
    {
        (_trust, Servers) = (trust, servers);
        Questions = new LdapQuestions(options, servers);
        Addresses = new LdapAddresses(options, Questions);
        Workers = new Workers(options.Connections, options.Waiting, logger);
        var inClear = options.StartTls ? [] : servers.All.Where(server => !server.Address.IsTls && !server.Address.IsLoopback).Select(server => server.Address.ToString()).ToList();
        ClearText = inClear.Count == 0 ? null : $"passwords travel in clear to {string.Join(", ", inClear)}: use ldaps:// or {nameof(options.StartTls)}";
    }

    /// <summary>Where questions are put.</summary>
    public LdapServers Servers { get; }

    /// <summary>Questions about users.</summary>
    public LdapQuestions Questions { get; }

    /// <summary>Questions about addresses.</summary>
    public LdapAddresses Addresses { get; }

    /// <summary>Who puts them.</summary>
    public Workers Workers { get; }

    /// <summary>A warning when passwords cross a network without TLS; or null.</summary>
    public string? ClearText { get; }

    /// <summary>Makes them; connects nothing yet.</summary>
    /// <exception cref="IOException">The CAs cannot be read.</exception>
    /// <exception cref="ArgumentException">The options are not valid, or the library is missing.</exception>
    public static LdapParts Create(LdapDirectoryOptions options, ILogger logger, TimeProvider time)
    {
        if (LibLdap.Problem is { } missing)
        {
            throw new ArgumentException(missing, nameof(options));
        }

        var trust = options.Authorities.Length == 0 ? null : TrustFolder.Create(options.Authorities);
        var dialler = new LdapDialler(options, trust, time);
        var servers = options.Servers.Select(url => LdapServerAddress.TryParse(url, out var address) ? address : throw new ArgumentException($"'{url}' is no LDAP URL", nameof(options)));
        return new LdapParts(options, trust, new LdapServers([.. servers.Select(address => new LdapServer(address, dialler, options, logger, time))]), logger);
    }

    /// <summary>Waits for the questions that were asked before.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers.All)
        {
            server.Dispose();
        }

        await Workers.DisposeAsync();
        foreach (var server in Servers.All)
        {
            await server.Ended;
        }

        _trust?.Dispose();
    }
}

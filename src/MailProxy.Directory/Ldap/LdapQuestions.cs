using System.DirectoryServices.Protocols;
using System.Net;

namespace MailProxy.Directory.Ldap;

/// <summary>What is asked of the servers, in their language. Blocks: for the provider's own threads.</summary>
internal sealed class LdapQuestions
{
    private readonly LdapDirectoryOptions _options;
    private readonly LdapServers _servers;
    private readonly AccountReader _reader;
    private readonly FilterTemplate _user;
    private readonly FilterTemplate _address;
    private readonly FilterTemplate? _domain;
    private readonly TimeSpan _timeout;

    /// <param name="options">Valid.</param>
    /// <param name="servers">To ask.</param>
    public LdapQuestions(LdapDirectoryOptions options, LdapServers servers)
    {
        (_options, _servers, _reader) = (options, servers, new AccountReader(options));
        (_user, _address) = (Template(options.UserFilter), Template(options.AddressFilter));
        _domain = options.DomainFilter.Length == 0 ? null : Template(options.DomainFilter);
        // The library drops what is behind the decimal point, and takes 0 for "do not wait".
        _timeout = TimeSpan.FromSeconds(Math.Ceiling(options.Timeout.TotalSeconds));
    }

    /// <summary>The one who logs in by this name; null if nobody does.</summary>
    /// <exception cref="LdapFaultException">No answer, or one that does not tell who it is.</exception>
    public LdapAccount? FindUser(LdapName name, Deadline deadline)
    {
        var entries = Search(_options.Base, Scope, _user.For(name), deadline);
        if (entries.Count > 1)
        {
            throw new LdapFaultException(LdapFault.Refused, $"{nameof(_options.UserFilter)} finds several entries for one name: {entries[0].Dn} and {entries[1].Dn}");
        }

        return entries.Count == 0 ? null : _reader.Read(entries[0])
            ?? throw new LdapFaultException(LdapFault.Refused, $"{entries[0].Dn} has no '{_options.Name}' that is a user's name");
    }

    /// <summary>Users and aliases with this address.</summary>
    /// <exception cref="LdapFaultException">No answer.</exception>
    public IReadOnlyList<LdapEntry> FindAddress(LdapName name, Deadline deadline) => Search(_options.Base, Scope, _address.For(name), deadline);

    /// <summary>The entry of this name; null if there is none.</summary>
    /// <exception cref="LdapFaultException">No answer.</exception>
    public LdapEntry? FindEntry(string dn, Deadline deadline) => Search(dn, SearchScope.Base, "(objectClass=*)", deadline, mayLack: true) is [var entry, ..] ? entry : null;

    /// <summary>The user that an entry is; null if it is none.</summary>
    public LdapAccount? Read(LdapEntry entry) => _reader.Read(entry);

    /// <summary>Whether the directory names this domain; null when the options have no filter for it.</summary>
    /// <exception cref="LdapFaultException">No answer.</exception>
    public bool? IsDomain(LdapName name, Deadline deadline) =>
        _domain is null ? null : Search(_options.DomainBase.Length > 0 ? _options.DomainBase : _options.Base, SearchScope.Subtree, _domain.For(name), deadline).Count > 0;

    /// <summary>Is this the password of that entry?</summary>
    /// <param name="dn">The entry's name.</param>
    /// <param name="password">Neither empty nor with a NUL: the caller saw to it.</param>
    /// <param name="deadline">For all servers.</param>
    /// <exception cref="LdapFaultException">No answer.</exception>
    public BindVerdict Bind(string dn, string password, Deadline deadline)
    {
        // Without a password the server would bind nobody, and say that all is well (RFC 4513 5.1.2); so it would without a name.
        ArgumentException.ThrowIfNullOrEmpty(password);
        ArgumentException.ThrowIfNullOrEmpty(dn);
        return _servers.Ask(asUser: true, deadline, connection =>
        {
            try
            {
                connection.Bind(new NetworkCredential(dn, password));
                return new BindVerdict(AuthenticationOutcome.Authenticated, $"bound as {dn}");
            }
            catch (LdapException exception) when (exception.ErrorCode == LdapFaults.InvalidCredentials)
            {
                return ActiveDirectoryError.Parse(exception.ServerErrorMessage) ?? new BindVerdict(AuthenticationOutcome.WrongPassword, $"the server refuses the password of {dn} (49)");
            }
            catch (DirectoryException exception)
            {
                throw LdapFaults.Of(exception, $"cannot bind as {dn}");
            }
        });
    }

    private SearchScope Scope => _options.Scope == LdapScope.OneLevel ? SearchScope.OneLevel : SearchScope.Subtree;

    private IReadOnlyList<LdapEntry> Search(string below, SearchScope scope, string filter, Deadline deadline, bool mayLack = false) =>
        _servers.Ask(asUser: false, deadline, connection =>
        {
            try
            {
                var request = new SearchRequest(below, filter, scope, _reader.Attributes) { SizeLimit = _options.Members, TimeLimit = _timeout };
                var response = (SearchResponse)connection.SendRequest(request, _timeout);
                return (IReadOnlyList<LdapEntry>)[.. response.Entries.Cast<SearchResultEntry>().Select(LdapEntry.From)];
            }
            catch (DirectoryOperationException exception) when (mayLack && exception.Response?.ResultCode == ResultCode.NoSuchObject)
            {
                return [];
            }
            catch (DirectoryException exception)
            {
                throw LdapFaults.Of(exception, $"cannot search below '{below}'");
            }
        });

    private static FilterTemplate Template(string text) => FilterTemplate.TryParse(text, out var template, out var error) ? template : throw new ArgumentException(error, nameof(text));
}

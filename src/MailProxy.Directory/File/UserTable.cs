using System.Security.Cryptography;
using System.Text;
using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.File;

/// <summary>Everything one version of the file says, ready to be asked. Immutable.</summary>
/// <param name="Domains">Ours, canonical.</param>
/// <param name="DefaultDomain">For names without a domain; null: such names are nobody's.</param>
/// <param name="Users">By canonical name and by each of their own aliases.</param>
/// <param name="Groups">The file's aliases, already resolved to users.</param>
internal sealed record UserTable(
    IReadOnlySet<string> Domains,
    string? DefaultDomain,
    IReadOnlyDictionary<string, UserRecord> Users,
    IReadOnlyDictionary<string, IReadOnlyList<DirectoryUser>> Groups)
{
    // So that nobody outside can tell which user an unknown name is compared with.
    private readonly byte[] _decoyKey = RandomNumberGenerator.GetBytes(32);
    private readonly PasswordHash[] _decoys = [.. Users.Values.Distinct().Select(record => record.Passwords[0].Hash)];

    /// <summary>How many users, aliases not counted.</summary>
    public int UserCount => _decoys.Length;

    /// <summary>The user who logs in by this name: a user's name, or an alias of their own. No detail, no groups.</summary>
    public UserRecord? FindLogin(string name) =>
        AddressName.Parse(name, DefaultDomain) is { } canonical ? Users.GetValueOrDefault(canonical.ToString()) : null;

    /// <summary>What an address stands for.</summary>
    public LookupResult LookUp(string address)
    {
        if (AddressName.Parse(address, DefaultDomain) is not { } name)
        {
            // Without a domain of its own it cannot be somebody else's.
            return new LookupResult(address.Contains('@', StringComparison.Ordinal) ? LookupOutcome.NotOurDomain : LookupOutcome.NoSuchUser, [], "not an address");
        }

        if (!Domains.Contains(name.Domain))
        {
            return new LookupResult(LookupOutcome.NotOurDomain, [], $"the file names no domain {name.Domain}");
        }

        if (Exactly(name) is { } exact)
        {
            return exact;
        }

        return name.WithoutDetail() is { } plain && Exactly(plain) is { } found
            ? found with { Detail = $"{found.Detail}, without its detail" }
            : new LookupResult(LookupOutcome.NoSuchUser, [], "not in the file");
    }

    /// <summary>
    /// A hash to compare with when there is no such user: some user's, always the same one's for the same name, so that
    /// names nobody has take as long as names that somebody has, whatever mixture of schemes the file holds.
    /// </summary>
    public PasswordHash Decoy(string name)
    {
        if (_decoys.Length == 0)
        {
            return NobodysHash.Value;
        }

        byte[] digest = HMACSHA256.HashData(_decoyKey, Encoding.UTF8.GetBytes(name.ToLowerInvariant()));
        return _decoys[BitConverter.ToUInt32(digest) % (uint)_decoys.Length];
    }

    private LookupResult? Exactly(AddressName name)
    {
        string key = name.ToString();
        if (Users.TryGetValue(key, out UserRecord? record))
        {
            return new LookupResult(LookupOutcome.Found, [record.User], record.User.Name == key ? "user" : $"alias of {record.User.Name}");
        }

        return Groups.TryGetValue(key, out IReadOnlyList<DirectoryUser>? users)
            ? new LookupResult(LookupOutcome.Found, users, $"alias of {users.Count} user(s)")
            : null;
    }
}

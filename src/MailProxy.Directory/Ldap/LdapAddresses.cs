using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace MailProxy.Directory.Ldap;

/// <summary>What addresses stand for. Blocks: for the provider's own threads.</summary>
internal sealed partial class LdapAddresses(LdapDirectoryOptions options, LdapQuestions questions)
{
    private readonly FrozenSet<string> _domains = options.Domains.Select(domain => domain.ToLowerInvariant()).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>False when the domain is certainly none of ours, without asking anybody.</summary>
    public bool MayBeOurs(LdapName name) => name.Domain.Length == 0 || _domains.Count == 0 || options.DomainFilter.Length > 0 || _domains.Contains(name.Domain);

    /// <summary>The users behind an address.</summary>
    /// <exception cref="LdapFaultException">No answer.</exception>
    public LookupResult LookUp(LdapName name, Deadline deadline)
    {
        if (Exactly(name, deadline) is { } exact)
        {
            return exact;
        }

        if (name.WithoutDetail() is { } plain && Exactly(plain, deadline) is { } found)
        {
            return found with { Detail = $"{found.Detail}, without its detail" };
        }

        // Last: most addresses that are asked for are somebody's.
        var isOurs = name.Domain.Length == 0 || _domains.Contains(name.Domain) || questions.IsDomain(name, deadline) == true;
        return isOurs
            ? new LookupResult(LookupOutcome.NoSuchUser, [], "no entry has this address")
            : new LookupResult(LookupOutcome.NotOurDomain, [], $"the directory names no domain {name.Domain}");
    }

    /// <returns>Null when nobody has the address.</returns>
    private LookupResult? Exactly(LdapName name, Deadline deadline)
    {
        var users = new Dictionary<string, DirectoryUser>(StringComparer.Ordinal);
        var nobody = new List<string>();
        // Whatever was asked for once is not asked for again: aliases may name each other in a circle.
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { name.Text };
        var waiting = new Queue<string>();
        var entries = questions.FindAddress(name, deadline);
        if (entries.Count == 0)
        {
            return null;
        }

        Add(entries);
        while (waiting.TryDequeue(out var member))
        {
            if (seen.Count > options.Members)
            {
                throw new LdapFaultException(LdapFault.Refused, $"{name.Text} stands for more than {options.Members} members ({nameof(options.Members)})");
            }

            var found = IsDn().IsMatch(member)
                ? questions.FindEntry(member, deadline) is { } entry ? [entry] : []
                : LdapName.Parse(member, options.DefaultDomain) is { } address ? questions.FindAddress(address, deadline) : [];
            if (found.Count == 0)
            {
                nobody.Add(member);
            }

            Add(found);
        }

        var missing = nobody.Count == 0 ? "" : $"; nobody is {string.Join(", ", nobody)}";
        return users.Count == 0
            ? new LookupResult(LookupOutcome.NoSuchUser, [], $"an alias of nobody: {entries[0].Dn}{missing}")
            : new LookupResult(LookupOutcome.Found, [.. users.Values], (users.Count == 1 && users.ContainsKey(name.Text) ? "user" : $"alias of {users.Count} user(s)") + missing);

        void Add(IReadOnlyList<LdapEntry> more)
        {
            foreach (var entry in more)
            {
                if (entry[options.Member] is { Length: > 0 } members)
                {
                    foreach (var member in members.Where(seen.Add))
                    {
                        waiting.Enqueue(member);
                    }
                }
                else if (questions.Read(entry) is { } account)
                {
                    users.TryAdd(account.User.Name, account.User);
                }
                else
                {
                    nobody.Add(entry.Dn);
                }
            }
        }
    }

    // RFC 4514 3: two parts at least, since nobody's users hang off the root. An address of this form could only be a quoted one.
    [GeneratedRegex("^[A-Za-z0-9.-]+=.+,[ ]*[A-Za-z0-9.-]+=")]
    private static partial Regex IsDn();
}

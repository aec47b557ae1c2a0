using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.File;

// { "domains": ["example.org"],
//   "users": [ { "name", "password", "passwords"?, "home"?, "aliases"?, "disabled"?, "expired"?, "attributes"?, "mayActAs"? } ],
//   "aliases": { "team@example.org": ["alice@example.org", ...] } }                       docs/directory.md says it in words

/// <summary>Makes a table of the file's values. Goes on after an error, so that all of them are told at once.</summary>
internal sealed class UserFileReader(List<FileError> errors, string defaultDomain)
{
    // Goes into log lines and Consul keys; a store id is a host's or a service's name.
    private const int HomeLength = 128;

    private static readonly string[] RootNames = ["domains", "users", "aliases"];
    private static readonly string[] UserNames = ["name", "password", "passwords", "home", "aliases", "disabled", "expired", "attributes", "mayActAs"];

    private readonly HashSet<string> _domains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UserRecord> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LocatedValue> _taken = new(StringComparer.Ordinal);
    private readonly List<(LocatedValue Where, string Name)> _mayActAs = [];
    private readonly UserPasswords _passwords = new(errors);
    private string? _defaultDomain;

    /// <summary>The table; worth something only if no error was added.</summary>
    public UserTable Read(LocatedValue root)
    {
        var fields = new FieldReader(root, RootNames, errors);
        ReadDomains(root, fields);

        // The names first: aliases of one user must not take the name of a later one, whatever the order of the file.
        var read = fields.Array("users").Select(ReadUser).OfType<UserAliases>().ToList();
        foreach (UserAliases user in read)
        {
            ReadOwnAliases(user);
        }

        var groups = new GroupResolver(errors, name => Name(name)?.ToString(), Take, address => Find(address)?.User);
        IReadOnlyDictionary<string, IReadOnlyList<DirectoryUser>> resolved = groups.Resolve(fields.Object("aliases"));

        foreach ((LocatedValue where, string name) in _mayActAs)
        {
            if (_users.GetValueOrDefault(name)?.User.Name != name)
            {
                errors.Add(where.Error($"no user of this file is named {name}"));
            }
        }

        return new UserTable(_domains, _defaultDomain, _users, resolved);
    }

    private void ReadDomains(LocatedValue root, FieldReader fields)
    {
        foreach (LocatedValue value in fields.Strings("domains"))
        {
            if (AddressName.ParseDomain(value.Text) is not { } domain)
            {
                errors.Add(value.Error("is not a domain"));
            }
            else if (!_domains.Add(domain))
            {
                errors.Add(value.Error($"{domain} is here twice; keep one"));
            }
        }

        if (fields.IsObject && _domains.Count == 0)
        {
            errors.Add((fields.Find("domains") ?? root).Error("names no domain: write \"domains\": [\"example.org\"] with the domains of the users"));
        }

        _defaultDomain = defaultDomain.Length > 0 ? AddressName.ParseDomain(defaultDomain) : _domains.Count == 1 ? _domains.Single() : null;
        if (defaultDomain.Length > 0 && (_defaultDomain is null || !_domains.Contains(_defaultDomain)))
        {
            errors.Add((fields.Find("domains") ?? root).Error($"the configured DefaultDomain '{defaultDomain}' is not among the domains; add it or change DefaultDomain"));
        }
    }

    private UserAliases? ReadUser(LocatedValue value)
    {
        var fields = new FieldReader(value, UserNames, errors);
        LocatedValue? named = fields.Required("name");
        string? name = named is null ? null : Name(named)?.ToString();
        bool expired = fields.Boolean("expired");
        StoredPassword[]? passwords = _passwords.Read(fields, expired);
        string? home = ReadHome(fields.String("home"));
        IReadOnlyDictionary<string, string> attributes = ReadAttributes(fields.Object("attributes"));
        bool disabled = fields.Boolean("disabled");
        var mayActAs = new HashSet<string>(StringComparer.Ordinal);
        foreach (LocatedValue other in fields.Strings("mayActAs"))
        {
            if (Name(other)?.ToString() is { } canonical)
            {
                mayActAs.Add(canonical);
                _mayActAs.Add((other, canonical));
            }
        }

        LocatedValue[] aliases = [.. fields.Strings("aliases")];
        if (named is null || name is null || !Take(named, name) || passwords is null)
        {
            return null;
        }

        var record = new UserRecord(new DirectoryUser(name, home, attributes), passwords, disabled, mayActAs);
        _users[name] = record;
        return new UserAliases(record, aliases);
    }

    private void ReadOwnAliases(UserAliases user)
    {
        foreach (LocatedValue alias in user.Aliases)
        {
            if (Name(alias)?.ToString() is { } name && Take(alias, name))
            {
                _users[name] = user.Record;
            }
        }
    }

    private string? ReadHome(LocatedValue? value)
    {
        if (value is null)
        {
            return null;
        }

        if (value.Text.Length is 0 or > HomeLength || value.Text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            errors.Add(value.Error($"is not a store id: 1 to {HomeLength} characters without blanks"));
        }

        return value.Text;
    }

    private Dictionary<string, string> ReadAttributes(IEnumerable<LocatedMember> members)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (LocatedMember member in members)
        {
            if (member.Value.Kind is LocatedKind.Array or LocatedKind.Object or LocatedKind.Null)
            {
                errors.Add(member.Value.Error("must be a string, a number or true or false"));
            }
            else if (!attributes.TryAdd(member.Name.ToLowerInvariant(), member.Value.Text))
            {
                errors.Add(member.Value.Error("is here twice (the case of attribute names does not count); keep one"));
            }
        }

        return attributes;
    }

    /// <summary>The canonical name, or null and an error.</summary>
    private AddressName? Name(LocatedValue value)
    {
        if (AddressName.Parse(value.Text, _defaultDomain) is not { } name)
        {
            errors.Add(value.Error("is not a name of the form user@domain"));
            return null;
        }

        if (!_domains.Contains(name.Domain))
        {
            errors.Add(value.Error($"{name.Domain} is not among \"domains\"; add it there"));
            return null;
        }

        return name;
    }

    /// <summary>An address can be one thing only.</summary>
    private bool Take(LocatedValue value, string name)
    {
        if (_taken.TryAdd(name, value))
        {
            return true;
        }

        errors.Add(value.Error($"{name} is already taken by {_taken[name].Pointer} (line {_taken[name].Line})"));
        return false;
    }

    private UserRecord? Find(string address) =>
        _users.GetValueOrDefault(address)
        ?? (AddressName.Parse(address, null)?.WithoutDetail() is { } plain ? _users.GetValueOrDefault(plain.ToString()) : null);
}

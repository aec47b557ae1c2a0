namespace MailProxy.Directory.File;

/// <summary>Resolves the file's aliases, which may name users, their aliases and each other, to users.</summary>
/// <param name="errors">Where errors go.</param>
/// <param name="canonical">The canonical form of a name, or null after it added an error.</param>
/// <param name="take">Takes an address for a value; false after it added an error.</param>
/// <param name="find">The user who has that canonical address.</param>
internal sealed class GroupResolver(
    List<FileError> errors, Func<LocatedValue, string?> canonical, Func<LocatedValue, string, bool> take, Func<string, DirectoryUser?> find)
{
    /// <summary>Users one alias may stand for: one message would be delivered so many times. Postfix's virtual_alias_expansion_limit.</summary>
    public const int MaxUsers = 1000;

    /// <summary>Aliases of aliases of aliases ... Postfix allows 1000 (virtual_alias_recursion_limit); nobody could follow that.</summary>
    public const int MaxDepth = 16;

    private readonly Dictionary<string, LocatedValue> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<DirectoryUser>> _resolved = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _height = new(StringComparer.Ordinal);

    /// <summary>By canonical address, the users; in the order of the file, each once.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<DirectoryUser>> Resolve(IEnumerable<LocatedMember> members)
    {
        foreach (LocatedMember member in members)
        {
            if (member.Value.Kind != LocatedKind.Array)
            {
                errors.Add(member.Value.Error("must be an array of addresses"));
            }
            else if (canonical(member.Value with { Text = member.Name }) is { } name && take(member.Value, name))
            {
                _groups.Add(name, member.Value);
            }
        }

        foreach (string name in _groups.Keys)
        {
            Resolve(name, []);
        }

        return _resolved;
    }

    /// <param name="name">A group.</param>
    /// <param name="path">The groups on the way to it, outermost first; never longer than <see cref="MaxDepth"/>.</param>
    private IReadOnlyList<DirectoryUser> Resolve(string name, List<string> path)
    {
        LocatedValue group = _groups[name];
        if (path.Contains(name))
        {
            errors.Add(group.Error($"is an alias of itself: {string.Join(" -> ", path.SkipWhile(step => step != name))} -> {name}"));
            return [];
        }

        if (_resolved.TryGetValue(name, out IReadOnlyList<DirectoryUser>? known))
        {
            return Bounded(group, path, known, _height[name]);
        }

        if (path.Count >= MaxDepth)
        {
            errors.Add(group.Error($"is more than {MaxDepth} aliases deep: {string.Join(" -> ", path)}"));
            return [];
        }

        path.Add(name);
        var users = new Dictionary<string, DirectoryUser>(StringComparer.Ordinal);
        int height = 1;
        foreach (LocatedValue target in FieldReader.Strings(group, errors))
        {
            foreach (DirectoryUser user in Target(target, path, ref height))
            {
                users.TryAdd(user.Name, user);
            }
        }

        path.RemoveAt(path.Count - 1);
        if (group.Members.Count == 0)
        {
            errors.Add(group.Error("stands for nobody; name at least one user"));
        }

        if (users.Count > MaxUsers)
        {
            errors.Add(group.Error($"stands for {users.Count} users; {MaxUsers} is the most, use a mailing list"));
        }

        _height[name] = height;
        return _resolved[name] = [.. users.Values];
    }

    private IReadOnlyList<DirectoryUser> Target(LocatedValue target, List<string> path, ref int height)
    {
        if (canonical(target) is not { } address)
        {
            return [];
        }

        if (_groups.ContainsKey(address))
        {
            IReadOnlyList<DirectoryUser> users = Resolve(address, path);
            height = Math.Max(height, _height.GetValueOrDefault(address) + 1);
            return users;
        }

        if (find(address) is { } user)
        {
            return [user];
        }

        errors.Add(target.Error($"{address} is neither a user nor an alias of this file"));
        return [];
    }

    /// <summary>What was resolved before, unless it is too deep on this way.</summary>
    private IReadOnlyList<DirectoryUser> Bounded(LocatedValue group, List<string> path, IReadOnlyList<DirectoryUser> users, int height)
    {
        if (path.Count + height > MaxDepth)
        {
            errors.Add(group.Error($"is more than {MaxDepth} aliases deep below {string.Join(" -> ", path)}"));
        }

        return users;
    }
}

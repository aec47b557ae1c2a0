namespace MailProxy.Directory.File;

/// <summary>
/// Takes the members of one JSON object by name and type; what is of another type, or is not asked for, becomes an error.
/// </summary>
internal sealed class FieldReader
{
    private readonly LocatedValue _owner;
    private readonly List<FileError> _errors;
    private readonly Dictionary<string, LocatedValue> _members = new(StringComparer.Ordinal);

    /// <param name="owner">The object; anything else is an error, and then it has no members.</param>
    /// <param name="known">All the names it may have.</param>
    /// <param name="errors">Where errors go.</param>
    public FieldReader(LocatedValue owner, IReadOnlyCollection<string> known, List<FileError> errors)
    {
        _owner = owner;
        _errors = errors;
        IsObject = owner.Kind == LocatedKind.Object;
        if (!IsObject)
        {
            errors.Add(owner.Error($"must be an object with {string.Join(", ", known)}"));
        }

        foreach (LocatedMember member in IsObject ? owner.Members : [])
        {
            _members[member.Name] = member.Value;
            if (!known.Contains(member.Name))
            {
                errors.Add(member.Value.Error($"is not known here; known are {string.Join(", ", known)}"));
            }
        }
    }

    /// <summary>The owner is an object.</summary>
    public bool IsObject { get; }

    /// <summary>The member of that name, whatever its type; null if it is absent or <c>null</c>.</summary>
    public LocatedValue? Find(string name) => _members.GetValueOrDefault(name) is { Kind: not LocatedKind.Null } value ? value : null;

    /// <summary>A string that must be there.</summary>
    public LocatedValue? Required(string name)
    {
        if (IsObject && Find(name) is null)
        {
            _errors.Add(_owner.Error($"has no \"{name}\""));
        }

        return Typed(name, LocatedKind.String, "a string");
    }

    /// <summary>A string; null if it is absent.</summary>
    public LocatedValue? String(string name) => Typed(name, LocatedKind.String, "a string");

    /// <summary>A boolean; false if it is absent.</summary>
    public bool Boolean(string name) => Typed(name, LocatedKind.Boolean, "true or false")?.Text == "true";

    /// <summary>The members of an object; none if it is absent.</summary>
    public IEnumerable<LocatedMember> Object(string name) => Typed(name, LocatedKind.Object, "an object")?.Members ?? [];

    /// <summary>The elements of an array; none if it is absent.</summary>
    public IEnumerable<LocatedValue> Array(string name) => Typed(name, LocatedKind.Array, "an array")?.Members.Select(member => member.Value) ?? [];

    /// <summary>The elements of an array of strings; none if it is absent.</summary>
    public IEnumerable<LocatedValue> Strings(string name) => Strings(Typed(name, LocatedKind.Array, "an array of strings"), _errors);

    /// <summary>The strings of an array; other elements are errors.</summary>
    public static IEnumerable<LocatedValue> Strings(LocatedValue? array, List<FileError> errors)
    {
        foreach (LocatedMember element in array?.Members ?? [])
        {
            if (element.Value.Kind == LocatedKind.String)
            {
                yield return element.Value;
            }
            else
            {
                errors.Add(element.Value.Error("must be a string"));
            }
        }
    }

    private LocatedValue? Typed(string name, LocatedKind kind, string expected)
    {
        LocatedValue? value = Find(name);
        if (value is not null && value.Kind != kind)
        {
            _errors.Add(value.Error($"must be {expected}"));
            return null;
        }

        return value;
    }
}

using System.Collections;
using System.Reflection;

namespace MailProxy.Nodes.Reloading;

/// <summary>Which settings differ between two configurations, by path; never by value, which may be a secret.</summary>
internal static class SettingChanges
{
    /// <summary>Paths like <c>Limits:Idle</c>; a list that differs anywhere is one setting.</summary>
    public static IReadOnlyList<string> Between(object before, object after)
    {
        var changed = new List<string>();
        Compare(before, after, "", changed);
        return changed;
    }

    private static void Compare(object before, object after, string path, List<string> changed)
    {
        foreach (var property in Settings(before.GetType()))
        {
            var (left, right) = (property.GetValue(before), property.GetValue(after));
            var name = path + property.Name;
            if (left is not null && right is not null && IsGroup(property.PropertyType))
            {
                Compare(left, right, name + ":", changed);
            }
            else if (!IsSame(left, right))
            {
                changed.Add(name);
            }
        }
    }

    private static bool IsSame(object? left, object? right)
    {
        if (left is null || right is null || left is string || left is not IEnumerable many)
        {
            if (left is null || right is null || !IsGroup(left.GetType()))
            {
                return Equals(left, right);
            }

            return left.GetType() == right.GetType() && Between(left, right).Count == 0;
        }

        // Of a dictionary each entry is a key with its value: a group as well.
        return many.Cast<object?>().SequenceEqual(((IEnumerable)right).Cast<object?>(), SameElements.Instance);
    }

    private static IEnumerable<PropertyInfo> Settings(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0 && (property.SetMethod is { IsPublic: true } || IsList(property.PropertyType) || IsPair(type)));

    private static bool IsList(Type type) => type != typeof(string) && type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type);

    private static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    private static bool IsGroup(Type type) => IsPair(type) || (type.IsClass && type.Namespace?.StartsWith("MailProxy", StringComparison.Ordinal) == true);

    private sealed class SameElements : IEqualityComparer<object?>
    {
        public static SameElements Instance { get; } = new();

        public new bool Equals(object? x, object? y) => IsSame(x, y);

        public int GetHashCode(object? obj) => 0;
    }
}

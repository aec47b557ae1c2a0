using System.Reflection;

namespace MailProxy.Configuration;

/// <summary>Makes the file names in a configuration relative to the file they stand in, not to wherever the process was started.</summary>
internal static class ConfigPaths
{
    private static readonly string[] Suffixes = ["File", "Path", "Certificate", "Key", "Keys", "Authorities", "Data"];

    /// <summary>Resolves every setting of an options object (and below it) whose name ends like a file name's.</summary>
    public static void Resolve(object options, string folder)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length > 0)
            {
                continue;
            }

            if (property.PropertyType == typeof(string))
            {
                if (property.CanWrite && property.GetValue(options) is string { Length: > 0 } value && Suffixes.Any(suffix => property.Name.EndsWith(suffix, StringComparison.Ordinal)))
                {
                    property.SetValue(options, Path.GetFullPath(value, folder));
                }
            }
            else if (property.PropertyType.IsGenericType && property.GetValue(options) is System.Collections.IEnumerable list)
            {
                foreach (var element in list)
                {
                    if (element is not null and not string && IsOurs(element.GetType()))
                    {
                        Resolve(element, folder);
                    }
                }
            }
            else if (IsOurs(property.PropertyType) && property.GetValue(options) is { } nested)
            {
                Resolve(nested, folder);
            }
        }
    }

    private static bool IsOurs(Type type) => type.IsClass && type.Namespace?.StartsWith("MailProxy", StringComparison.Ordinal) == true;
}

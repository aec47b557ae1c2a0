using System.Collections;
using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace MailProxy.Configuration;

/// <summary>Compares a configuration with the type it is bound to, so that a misspelt key or a bad value is an error and all of them are told at once.</summary>
internal static class ConfigurationChecker
{
    // The schema's address is for editors.
    private const string SchemaKey = "$schema";

    /// <summary>Adds one error for each key that means nothing and each value that cannot be read.</summary>
    public static void Check(IConfiguration section, Type type, List<string> errors)
    {
        foreach (var child in section.GetChildren())
        {
            if (child.Key == SchemaKey)
            {
                continue;
            }

            var property = Properties(type).FirstOrDefault(candidate => candidate.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                errors.Add($"{child.Path}: there is no such setting. {Suggest(child.Key, type)}");
                continue;
            }

            CheckValue(child, property.PropertyType, errors);
        }
    }

    private static void CheckValue(IConfigurationSection section, Type type, List<string> errors)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (ElementType(type) is { } element)
        {
            if (section.Value is { Length: > 0 })
            {
                errors.Add($"{section.Path}: this is a list; write {section.Path}:0 for its first entry.");
            }

            foreach (var child in section.GetChildren())
            {
                if (KeyType(type) is { } key && !CanRead(child.Key, key))
                {
                    errors.Add($"{child.Path}: '{child.Key}' is not {Describe(key)}.");
                }

                CheckValue(child, element, errors);
            }

            return;
        }

        var isLeaf = type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan);
        if (!isLeaf)
        {
            if (section.Value is { Length: > 0 })
            {
                errors.Add($"{section.Path}: this is a group of settings, not a value.");
                return;
            }

            Check(section, type, errors);
            return;
        }

        if (section.GetChildren().Any())
        {
            errors.Add($"{section.Path}: this is one value, not a group of settings.");
        }
        else if (section.Value is { } value && !CanRead(value, type))
        {
            errors.Add($"{section.Path}: '{value}' is not {Describe(type)}.");
        }
    }

    private static bool CanRead(string value, Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase);
        }

        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value) is not null || type == typeof(string);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static string Describe(Type type) => type switch
    {
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type)).ToLowerInvariant()}",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => "a time like 00:00:30",
        _ => "a number",
    };

    private static string Suggest(string key, Type type)
    {
        var names = Properties(type).Select(property => property.Name).ToList();
        var near = names.Find(name => name.StartsWith(key, StringComparison.OrdinalIgnoreCase) || key.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        return near is null ? $"Known here: {string.Join(", ", names)}." : $"Did you mean {near}?";
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } || ElementType(property.PropertyType) is not null);

    private static Type? KeyType(Type type) => typeof(IDictionary).IsAssignableFrom(type) ? type.GetGenericArguments()[0] : null;

    private static Type? ElementType(Type type) =>
        type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type) && type.IsGenericType ? type.GetGenericArguments()[^1] : null;
}

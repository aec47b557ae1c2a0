using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using MailProxy.Configuration;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary>The examples of config/ are good as they stand, and their schemas say what the options are, no more and no less.</summary>
public sealed class ConfigExamplesTests
{
    private static readonly JsonDocumentOptions WithComments = new() { CommentHandling = JsonCommentHandling.Skip };
    private static readonly string Folder = FindFolder();

    [Theory]
    [InlineData("proxy.json", "proxy")]
    [InlineData("proxy-dovecot.json", "proxy")]
    [InlineData("store.json", "store")]
    public async Task Every_example_passes_the_check_once_the_files_it_names_exist(string example, string kind)
    {
        using var folder = new TempDirectory();
        File.Copy(Path.Combine(Folder, example), folder.File(example));
        MakeNamedFiles(folder);
        await using var process = MailProxyProcess.Start("check", "--config", folder.File(example));
        Assert.True(await process.ExitAsync() == 0, process.Output);
        Assert.Contains($"a valid {kind} configuration", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_benchmarks_configuration_passes_with_its_certificate()
    {
        using var folder = new TempDirectory();
        File.Copy(Path.Combine(Folder, "bench.json"), folder.File("bench.json"));
        MakeNamedFiles(folder);
        await using var process = MailProxyProcess.Start(
            "check", "--config", folder.File("bench.json"), "--set", "Tls:Certificate=tls.crt", "--set", "Tls:Key=tls.key");
        Assert.True(await process.ExitAsync() == 0, process.Output);
    }

    [Fact]
    public async Task Milters_that_may_take_all_of_the_time_for_an_answer_are_refused_by_the_check()
    {
        using var folder = new TempDirectory();
        File.Copy(Path.Combine(Folder, "bench.json"), folder.File("bench.json"));
        MakeNamedFiles(folder);
        await using var process = MailProxyProcess.Start(
            "check", "--config", folder.File("bench.json"), "--set", "Tls:Certificate=tls.crt", "--set", "Tls:Key=tls.key",
            "--set", "Milter:Servers:0:Name=opendkim", "--set", "Milter:Servers:0:Address=127.0.0.1:8891", "--set", "Limits:RelayVerdict=00:04:00");
        Assert.Equal(1, await process.ExitAsync());
        Assert.Contains("Milter:MessageTimeout: the whole answer has Limits:RelayVerdict (00:04:00)", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_those_files_the_check_names_each_of_them()
    {
        using var folder = new TempDirectory();
        File.Copy(Path.Combine(Folder, "proxy.json"), folder.File("proxy.json"));
        await using var process = MailProxyProcess.Start("check", "--config", folder.File("proxy.json"));
        Assert.Equal(1, await process.ExitAsync());
        foreach (var file in new[] { "tls.crt", "users.json", "stores-ca.pem", "proxy-client.crt", "proxy-client.key" })
        {
            Assert.Contains(folder.File(file), process.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("proxy.json", "proxy.schema.json")]
    [InlineData("proxy-dovecot.json", "proxy.schema.json")]
    [InlineData("store.json", "store.schema.json")]
    [InlineData("bench.json", "proxy.schema.json")]
    public void Every_example_keeps_to_its_schema(string example, string schema)
    {
        var document = Read(example);
        Assert.Equal("./" + schema, (string?)document["$schema"]);
        var root = Read(schema);
        ReplaceReferences(root, root);
        Assert.Empty(Offences(document, root, ""));
    }

    [Fact]
    public void The_dovecot_example_differs_in_two_sections_only()
    {
        var (plain, dovecot) = (Read("proxy.json"), Read("proxy-dovecot.json"));
        Assert.Equal(plain.Select(section => section.Key), dovecot.Select(section => section.Key));
        Assert.Equal(["Stores", "Http"], plain.Where(section => !JsonNode.DeepEquals(section.Value, dovecot[section.Key])).Select(section => section.Key));
    }

    [Theory]
    [InlineData(typeof(ProxyConfig), "proxy.schema.json")]
    [InlineData(typeof(StoreConfig), "store.schema.json")]
    public void The_schema_and_the_options_are_the_same(Type options, string schema)
    {
        var problems = new List<string>();
        var root = Read(schema);
        Assert.True(((JsonObject)root["properties"]!).Remove("$schema"));
        ReplaceReferences(root, root);
        CompareGroup(options, root, "", problems);
        Assert.Empty(problems);
    }

    // "#/a/b" by what stands there.
    private static void ReplaceReferences(JsonNode node, JsonNode root)
    {
        foreach (var (name, child) in node is JsonObject group ? group.ToList() : [])
        {
            if ((child as JsonObject)?["$ref"] is { } reference)
            {
                node[name] = ((string)reference!)[2..].Split('/').Aggregate(root, (at, step) => at[step]!).DeepClone();
            }
            else if (child is not null)
            {
                ReplaceReferences(child, root);
            }
        }
    }

    private static void CompareGroup(Type type, JsonNode schema, string path, List<string> problems)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } || ElementOf(property.PropertyType) is not null)
            .ToDictionary(property => property.Name);
        var described = (JsonObject)schema["properties"]!;
        problems.AddRange(properties.Keys.Except(described.Select(entry => entry.Key)).Select(name => $"{path}{name} is an option that the schema lacks"));
        problems.AddRange(described.Select(entry => entry.Key).Except(properties.Keys).Select(name => $"{path}{name} is in the schema and no option"));
        Check(!(bool)schema["additionalProperties"]!, $"{path} allows unknown keys", problems);
        var defaults = Activator.CreateInstance(type);
        foreach (var (name, node) in described)
        {
            if (properties.TryGetValue(name, out var property))
            {
                CompareOption(property.PropertyType, property.GetValue(defaults), node!, path + name, problems);
            }
        }
    }

    private static void CompareOption(Type type, object? value, JsonNode schema, string path, List<string> problems)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        Check(!string.IsNullOrEmpty((string?)schema["description"]), $"{path} has no description", problems);
        var (kind, text) = type switch
        {
            _ when type == typeof(bool) => ("boolean", ((bool)value!).ToString().ToLowerInvariant()),
            _ when type == typeof(int) || type == typeof(long) => ("integer", Convert.ToString(value, CultureInfo.InvariantCulture)),
            _ when type == typeof(TimeSpan) => ("string", ((TimeSpan)value!).ToString("c", CultureInfo.InvariantCulture)),
            { IsEnum: true } => ("string", value?.ToString()!.ToLowerInvariant()),
            _ when type == typeof(string) => ("string", (string?)value),
            _ when KeyOf(type) is null && ElementOf(type) is not null => ("array", null),
            _ => ("object", null),
        };
        Check((string?)schema["type"] == kind, $"{path} is not of type {kind}", problems);

        // A port has no default: whoever leaves it out is told so.
        var expected = text == "-1" ? null : text;
        Check(schema["default"]?.ToString() == expected, $"{path}: the schema's default is not '{expected}'", problems);
        if (type.IsEnum)
        {
            var names = Enum.GetNames(type).Select(name => name.ToLowerInvariant());
            Check(((JsonArray)schema["enum"]!).Select(name => (string)name!).SequenceEqual(names), $"{path} is one of {string.Join(", ", names)}", problems);
        }
        else if (KeyOf(type) is { } key)
        {
            Check(
                ((JsonObject)schema["properties"]!).Select(entry => entry.Key).SequenceEqual(Enum.GetNames(key).Select(name => name.ToLowerInvariant())),
                $"{path} does not have the keys {string.Join(", ", Enum.GetNames(key))}", problems);
        }
        else if (kind == "object")
        {
            CompareGroup(type, schema, path + ":", problems);
        }
        else if (ElementOf(type) is { } element)
        {
            CompareOption(element, element == typeof(string) ? null : Activator.CreateInstance(element), schema["items"]!, path + ":0", problems);
        }
    }

    private static Type? ElementOf(Type type) => type != typeof(string) && type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? type.GetGenericArguments()[0] : null;

    private static Type? KeyOf(Type type) => typeof(IDictionary).IsAssignableFrom(type) ? type.GetGenericArguments()[0] : null;

    private static void Check(bool isGood, string problem, List<string> problems)
    {
        if (!isGood)
        {
            problems.Add(problem);
        }
    }

    // The part of JSON schema that ours use.
    private static IEnumerable<string> Offences(JsonNode? value, JsonNode schema, string path)
    {
        switch (value)
        {
            case JsonObject group:
                var missing = (schema["required"] as JsonArray ?? []).Select(name => (string)name!).Where(name => !group.ContainsKey(name)).Select(name => $"{path}:{name} is missing");
                return missing.Concat(group.SelectMany(member => schema["properties"]?[member.Key] is { } known
                    ? Offences(member.Value, known, $"{path}:{member.Key}")
                    : [$"{path}:{member.Key} is unknown"]));
            case JsonArray list:
                return list.SelectMany((element, index) => Offences(element, schema["items"]!, $"{path}:{index}"));
            default:
                var isOfType = (string?)schema["type"] == value?.GetValueKind() switch
                {
                    JsonValueKind.String => "string",
                    JsonValueKind.Number => "integer",
                    JsonValueKind.True or JsonValueKind.False => "boolean",
                    _ => "",
                };
                var isKnown = schema["enum"] is not JsonArray names || names.Any(name => JsonNode.DeepEquals(name, value));
                return isOfType && isKnown ? [] : [$"{path}: {value?.ToJsonString()}"];
        }
    }

    // Everything that any example names.
    private static void MakeNamedFiles(TempDirectory folder)
    {
        var authority = CertificateAuthority.LoadOrCreate(folder.File("authority"), TimeProvider.System);
        authority.IssueServer("server", ["mail.example.org"], [IPAddress.Loopback]).Dispose();
        authority.IssueClient("proxy-1").Dispose();
        foreach (var (source, name) in new[]
        {
            ("server.pem", "tls.crt"), ("server.key", "tls.key"), ("ca.pem", "stores-ca.pem"), ("ca.pem", "proxies-ca.pem"),
            ("proxy-1.pem", "proxy-client.crt"), ("proxy-1.key", "proxy-client.key"),
            ("proxy-1.pem", "store-client.crt"), ("proxy-1.key", "store-client.key"),
        })
        {
            File.Copy(folder.File("authority", source), folder.File(name));
        }

        File.Copy(Path.Combine(Folder, "users.example.json"), folder.File("users.json"));
        File.WriteAllText(folder.File("master.password"), "a long and random one\n");
    }

    private static JsonObject Read(string name) =>
        (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name)), documentOptions: WithComments)!;

    private static string FindFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MailProxy.sln")))
            {
                return Path.Combine(folder.FullName, "config");
            }
        }

        throw new InvalidOperationException($"MailProxy.sln is in no folder above {AppContext.BaseDirectory}: run the tests from a checkout");
    }
}

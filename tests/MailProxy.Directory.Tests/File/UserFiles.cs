using System.Text;
using MailProxy.Directory.File;
using Xunit;

namespace MailProxy.Directory.Tests.File;

/// <summary>Files to test with.</summary>
internal static class UserFiles
{
    public const string Example = """
        {
          // Comments and trailing commas are allowed.
          "domains": ["Example.org", "example.net"],
          "users": [
            {"name": "Alice@Example.org", "password": "{PLAIN}secret", "home": "store-1", "aliases": ["al@example.org", "alice@example.net"],
             "attributes": {"Quota": 1000, "vip": true, "group": "staff"}, "mayActAs": ["bob@example.org", "dan@example.org"]},
            {"name": "bob@example.org", "password": "{SSHA}6qOPkYbz1de1pXYA0oc8+CB4xw30kZot"},
            {"name": "bob+exact@example.org", "password": "{PLAIN}exact"},
            {"name": "carol@example.org", "password": "{SSHA}6qOPkYbz1de1pXYA0oc8+CB4xw30kZot", "expired": true, "home": "store-2"},
            {"name": "dan@example.org", "password": "{PLAIN}secret", "disabled": true},
          ],
          "aliases": {
            "Team@example.org": ["al@example.org", "bob@example.org", "carol@example.org"],
            "everyone@example.org": ["team@example.org", "dan@example.org", "alice@example.org"],
            "lists+odd@example.org": ["bob+detail@example.org"]
          }
        }
        """;

    public static string With(string users, string aliases = "") =>
        $"{{\"domains\": [\"example.org\"], \"users\": [{users}], \"aliases\": {{{aliases}}}}}";

    public static string User(string name, string more = "") => $"{{\"name\": \"{name}\", \"password\": \"{{PLAIN}}secret\"{more}}}";

    public static UserTable Table(string json, string defaultDomain = "")
    {
        UserFile file = UserFile.Parse(Encoding.UTF8.GetBytes(json), defaultDomain);
        Assert.Empty(file.Errors);
        return file.Table!;
    }

    public static string[] Errors(string json, string defaultDomain = "")
    {
        UserFile file = UserFile.Parse(Encoding.UTF8.GetBytes(json), defaultDomain);
        Assert.Null(file.Table);
        return [.. file.Errors.Select(error => error.ToString())];
    }
}

using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.File;

// "passwords": [ { "label": "telephone", "password": "{SSHA512}...", "protocols"?: ["imap", "submission"], "expired"?: false } ]

/// <summary>Reads the passwords of one user: the own one, and those given to programs.</summary>
internal sealed class UserPasswords(List<FileError> errors)
{
    /// <summary>Of one user, the own one included: as in the SQL providers, more than anybody has and few enough to be compared within a second.</summary>
    public const int Most = 50;

    private static readonly string[] Names = ["label", "password", "protocols", "expired"];

    /// <summary>All of them, the own one first; null after an error.</summary>
    /// <param name="user">The user's members.</param>
    /// <param name="isExpired">The user's <c>expired</c>, which is the own password's.</param>
    public StoredPassword[]? Read(FieldReader user, bool isExpired)
    {
        int before = errors.Count;
        LocatedValue[] elements = [.. user.Array("passwords")];

        // Whoever has application passwords may do without one that is good for everything.
        LocatedValue? own = elements.Length > 0 ? user.String("password") : user.Required("password");
        var passwords = new List<StoredPassword>(elements.Length + 1);
        if (Hash(own) is { } hash)
        {
            passwords.Add(new StoredPassword(hash, IsExpired: isExpired));
        }

        var labels = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (LocatedValue element in elements)
        {
            if (Application(element, labels) is { } password)
            {
                passwords.Add(password);
            }
        }

        if (elements.Length > 0 && elements.Length + (own is null ? 0 : 1) > Most)
        {
            errors.Add(user.Find("passwords")!.Error($"are more than {Most} passwords of one user, their own included; remove those that nobody uses"));
        }

        // Another member of the wrong type may have added an error; what counts is that there is something to compare with.
        return errors.Count > before || passwords.Count == 0 ? null : [.. passwords];
    }

    private StoredPassword? Application(LocatedValue element, HashSet<string> labels)
    {
        var fields = new FieldReader(element, Names, errors);
        LocatedValue? label = fields.Required("label");
        PasswordHash? hash = Hash(fields.Required("password"));
        bool isExpired = fields.Boolean("expired");
        string[]? protocols = Protocols(fields);
        if (label is not null && !StoredPassword.IsLabel(label.Text))
        {
            errors.Add(label.Error($"is not a label: 1 to {StoredPassword.LabelLength} characters without control characters"));
        }
        else if (label is not null && !labels.Add(label.Text))
        {
            errors.Add(label.Error($"'{label.Text}' is here twice (the case of labels does not count); the label tells which password to withdraw"));
        }

        return hash is null || label is null ? null : new StoredPassword(hash, label.Text, protocols, isExpired);
    }

    // Absent: all. Empty would be none, which nobody means.
    private string[]? Protocols(FieldReader fields)
    {
        if (fields.Find("protocols") is not { Kind: LocatedKind.Array } list)
        {
            _ = fields.Strings("protocols").Count();
            return null;
        }

        var protocols = new List<string>();
        foreach (LocatedValue protocol in fields.Strings("protocols"))
        {
            if (StoredPassword.KnownProtocols.Contains(protocol.Text, StringComparer.OrdinalIgnoreCase))
            {
                protocols.Add(protocol.Text.ToLowerInvariant());
            }
            else
            {
                errors.Add(protocol.Error($"is no protocol; known are {string.Join(", ", StoredPassword.KnownProtocols)}"));
            }
        }

        if (list.Members.Count == 0)
        {
            errors.Add(list.Error("names no protocol; leave it out and the password is good for all"));
        }

        return [.. protocols];
    }

    private PasswordHash? Hash(LocatedValue? value)
    {
        if (value is null)
        {
            return null;
        }

        if (!PasswordParser.TryParse(value.Text, out PasswordHash? hash, out string? error))
        {
            errors.Add(value.Error(error));
        }

        return hash;
    }
}

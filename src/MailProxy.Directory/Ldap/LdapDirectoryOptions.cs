namespace MailProxy.Directory.Ldap;

/// <summary>LDAP servers, and how users stand in them. Section <c>Directory:Ldap</c>; docs/directory.md shows it for OpenLDAP and Active Directory.</summary>
public sealed class LdapDirectoryOptions
{
    /// <summary><c>ldap://host[:port]</c> or <c>ldaps://host[:port]</c>; the first is asked as long as it answers, then the next.</summary>
    public List<string> Servers { get; set; } = [];

    /// <summary>Turns ldap:// connections to TLS before anything else is said on them (RFC 4511 4.14).</summary>
    public bool StartTls { get; set; }

    /// <summary>A PEM file of the CAs of the servers' certificates. Empty: those that the system's ldap.conf names. Names are always verified.</summary>
    public string Authorities { get; set; } = "";

    /// <summary>The service account that searches; empty: anonymous.</summary>
    public string BindDn { get; set; } = "";

    /// <summary>A file whose first line is the service account's password; it is read whenever a connection is opened.</summary>
    public string BindPasswordFile { get; set; } = "";

    /// <summary>The entry below which users and aliases are looked for.</summary>
    public string Base { get; set; } = "";

    /// <summary>How far below.</summary>
    public LdapScope Scope { get; set; }

    /// <summary>Who compares the password.</summary>
    public LdapMode Mode { get; set; }

    /// <summary>Names without a domain belong to it. Empty: they are searched for as they are.</summary>
    public string DefaultDomain { get; set; } = "";

    /// <summary>Finds who logs in: {user}, {local} and {domain} are the name's, escaped.</summary>
    public string UserFilter { get; set; } = "(mail={user})";

    /// <summary>Finds what an address is: a user by any address, or an alias. Placeholders as above.</summary>
    public string AddressFilter { get; set; } = "(mail={user})";

    /// <summary>Domains that are ours. Empty: <see cref="DomainFilter"/> tells.</summary>
    public List<string> Domains { get; set; } = [];

    /// <summary>The entry below which domains are looked for. Empty: <see cref="Base"/>.</summary>
    public string DomainBase { get; set; } = "";

    /// <summary>Finds a domain that is ours, by {domain}; asked for addresses that nobody has.</summary>
    public string DomainFilter { get; set; } = "";

    /// <summary>The attribute with the user's name. Of several values the first in the alphabet counts.</summary>
    public string Name { get; set; } = "mail";

    /// <summary>The attribute with the store's id; empty: none.</summary>
    public string Home { get; set; } = "";

    /// <summary>The attribute by which an entry is an alias: its values are addresses, or the DNs of users; empty: none.</summary>
    public string Member { get; set; } = "";

    /// <summary>The attribute that can say that an account is disabled; empty: none.</summary>
    public string Disabled { get; set; } = "";

    /// <summary>Its values that do (the case does not count); <c>&amp;2</c>: any number with that bit. Empty: TRUE, yes, 1.</summary>
    public List<string> DisabledValues { get; set; } = [];

    /// <summary>The attribute that can say that a password is expired; empty: none.</summary>
    public string Expired { get; set; } = "";

    /// <summary>Its values that do, as for <see cref="DisabledValues"/>.</summary>
    public List<string> ExpiredValues { get; set; } = [];

    /// <summary>The attribute with the user's quota; empty: none.</summary>
    public string Quota { get; set; } = "";

    /// <summary>For mode hash: attributes with passwords, of which any may match. Empty: userPassword.</summary>
    public List<string> Passwords { get; set; } = [];

    /// <summary>For mode hash: the attribute with application passwords, each <c>label:protocols:{SCHEME}hash</c>; empty: none.</summary>
    public string AppPasswords { get; set; } = "";

    /// <summary>The attribute with the names of those whom this user may act as; empty: nobody.</summary>
    public string MayActAs { get; set; } = "";

    /// <summary>Further attributes to be known of a user, by their lower-case names; several values are divided by commas.</summary>
    public List<string> Attributes { get; set; } = [];

    /// <summary>
    /// Threads that ask, and so connections to one server: as many that search and, in mode bind, as many that users are bound on. One thread asks slapd
    /// about 8,000 times a second; what holds it is the server's hashing.
    /// </summary>
    public int Connections { get; set; } = 8;

    /// <summary>Questions in line when all threads are at work; who comes then hears "temporarily unavailable". Each is about a kilobyte.</summary>
    public int Waiting { get; set; } = 1024;

    /// <summary>For one answer of one server. Rounded up to full seconds, which is how the library counts. An indexed search takes a millisecond.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>For a TCP connection and for its TLS handshake, each: two retransmissions of a SYN (RFC 6298) are three seconds away.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>For one question, waiting in line and all servers included: mail clients give up after ten to thirty seconds.</summary>
    public TimeSpan Budget { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>A connection unused for longer is not used again: firewalls forget quiet ones, often after five minutes.</summary>
    public TimeSpan IdleLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A server that failed is tried again after half a second, then twice that, and so on up to this; shuffled, so that nodes do not return together.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Users that one alias may stand for, its members' members included: as in the file provider.</summary>
    public int Members { get; set; } = 1000;

    /// <summary>Everything that is wrong here. Asks no server.</summary>
    internal IEnumerable<string> Validate(string path) => LdapOptionsValidator.Validate(this, path);
}

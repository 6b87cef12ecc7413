/**
 * Names of weaknesses as MITRE's CWE list gives them: CSAF 2.0 §6.1.11 wants identifier and exact name together.
 * Those that reports of software flaws really use; for any other, a document names the identifier in a note and leaves `cwe` out.
 */
const table = `
20|Improper Input Validation
22|Improper Limitation of a Pathname to a Restricted Directory ('Path Traversal')
59|Improper Link Resolution Before File Access ('Link Following')
73|External Control of File Name or Path
74|Improper Neutralization of Special Elements in Output Used by a Downstream Component ('Injection')
77|Improper Neutralization of Special Elements used in a Command ('Command Injection')
78|Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')
79|Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')
88|Improper Neutralization of Argument Delimiters in a Command ('Argument Injection')
89|Improper Neutralization of Special Elements used in an SQL Command ('SQL Injection')
90|Improper Neutralization of Special Elements used in an LDAP Query ('LDAP Injection')
91|XML Injection (aka Blind XPath Injection)
93|Improper Neutralization of CRLF Sequences ('CRLF Injection')
94|Improper Control of Generation of Code ('Code Injection')
95|Improper Neutralization of Directives in Dynamically Evaluated Code ('Eval Injection')
96|Improper Neutralization of Directives in Statically Saved Code ('Static Code Injection')
98|Improper Control of Filename for Include/Require Statement in PHP Program ('PHP Remote File Inclusion')
99|Improper Control of Resource Identifiers ('Resource Injection')
113|Improper Neutralization of CRLF Sequences in HTTP Headers ('HTTP Request/Response Splitting')
116|Improper Encoding or Escaping of Output
117|Improper Output Neutralization for Logs
119|Improper Restriction of Operations within the Bounds of a Memory Buffer
120|Buffer Copy without Checking Size of Input ('Classic Buffer Overflow')
121|Stack-based Buffer Overflow
122|Heap-based Buffer Overflow
123|Write-what-where Condition
124|Buffer Underwrite ('Buffer Underflow')
125|Out-of-bounds Read
126|Buffer Over-read
127|Buffer Under-read
129|Improper Validation of Array Index
131|Incorrect Calculation of Buffer Size
134|Use of Externally-Controlled Format String
178|Improper Handling of Case Sensitivity
190|Integer Overflow or Wraparound
191|Integer Underflow (Wrap or Wraparound)
193|Off-by-one Error
194|Unexpected Sign Extension
195|Signed to Unsigned Conversion Error
196|Unsigned to Signed Conversion Error
197|Numeric Truncation Error
200|Exposure of Sensitive Information to an Unauthorized Actor
201|Insertion of Sensitive Information Into Sent Data
203|Observable Discrepancy
204|Observable Response Discrepancy
208|Observable Timing Discrepancy
209|Generation of Error Message Containing Sensitive Information
212|Improper Removal of Sensitive Information Before Storage or Transfer
216|DEPRECATED: Containment Errors (Container Errors)
240|Improper Handling of Inconsistent Structural Elements
248|Uncaught Exception
250|Execution with Unnecessary Privileges
252|Unchecked Return Value
253|Incorrect Check of Function Return Value
256|Plaintext Storage of a Password
257|Storing Passwords in a Recoverable Format
259|Use of Hard-coded Password
266|Incorrect Privilege Assignment
269|Improper Privilege Management
272|Least Privilege Violation
273|Improper Check for Dropped Privileges
276|Incorrect Default Permissions
281|Improper Preservation of Permissions
284|Improper Access Control
285|Improper Authorization
287|Improper Authentication
288|Authentication Bypass Using an Alternate Path or Channel
290|Authentication Bypass by Spoofing
294|Authentication Bypass by Capture-replay
295|Improper Certificate Validation
297|Improper Validation of Certificate with Host Mismatch
301|Reflection Attack in an Authentication Protocol
302|Authentication Bypass by Assumed-Immutable Data
306|Missing Authentication for Critical Function
307|Improper Restriction of Excessive Authentication Attempts
311|Missing Encryption of Sensitive Data
312|Cleartext Storage of Sensitive Information
319|Cleartext Transmission of Sensitive Information
321|Use of Hard-coded Cryptographic Key
323|Reusing a Nonce, Key Pair in Encryption
325|Missing Cryptographic Step
326|Inadequate Encryption Strength
327|Use of a Broken or Risky Cryptographic Algorithm
328|Use of Weak Hash
329|Generation of Predictable IV with CBC Mode
330|Use of Insufficiently Random Values
331|Insufficient Entropy
332|Insufficient Entropy in PRNG
335|Incorrect Usage of Seeds in Pseudo-Random Number Generator (PRNG)
337|Predictable Seed in Pseudo-Random Number Generator (PRNG)
338|Use of Cryptographically Weak Pseudo-Random Number Generator (PRNG)
340|Generation of Predictable Numbers or Identifiers
345|Insufficient Verification of Data Authenticity
346|Origin Validation Error
347|Improper Verification of Cryptographic Signature
349|Acceptance of Extraneous Untrusted Data With Trusted Data
350|Reliance on Reverse DNS Resolution for a Security-Critical Action
352|Cross-Site Request Forgery (CSRF)
354|Improper Validation of Integrity Check Value
362|Concurrent Execution using Shared Resource with Improper Synchronization ('Race Condition')
363|Race Condition Enabling Link Following
364|Signal Handler Race Condition
366|Race Condition within a Thread
367|Time-of-check Time-of-use (TOCTOU) Race Condition
369|Divide By Zero
377|Insecure Temporary File
378|Creation of Temporary File With Insecure Permissions
379|Creation of Temporary File in Directory with Insecure Permissions
384|Session Fixation
385|Covert Timing Channel
400|Uncontrolled Resource Consumption
401|Missing Release of Memory after Effective Lifetime
404|Improper Resource Shutdown or Release
405|Asymmetric Resource Consumption (Amplification)
407|Inefficient Algorithmic Complexity
408|Incorrect Behavior Order: Early Amplification
409|Improper Handling of Highly Compressed Data (Data Amplification)
413|Improper Resource Locking
415|Double Free
416|Use After Free
420|Unprotected Alternate Channel
425|Direct Request ('Forced Browsing')
426|Untrusted Search Path
427|Uncontrolled Search Path Element
428|Unquoted Search Path or Element
434|Unrestricted Upload of File with Dangerous Type
436|Interpretation Conflict
441|Unintended Proxy or Intermediary ('Confused Deputy')
444|Inconsistent Interpretation of HTTP Requests ('HTTP Request/Response Smuggling')
451|User Interface (UI) Misrepresentation of Critical Information
456|Missing Initialization of a Variable
457|Use of Uninitialized Variable
459|Incomplete Cleanup
460|Improper Cleanup on Thrown Exception
463|Deletion of Data Structure Sentinel
466|Return of Pointer Value Outside of Expected Range
467|Use of sizeof() on a Pointer Type
468|Incorrect Pointer Scaling
469|Use of Pointer Subtraction to Determine Size
470|Use of Externally-Controlled Input to Select Classes or Code ('Unsafe Reflection')
471|Modification of Assumed-Immutable Data (MAID)
472|External Control of Assumed-Immutable Web Parameter
473|PHP External Variable Modification
475|Undefined Behavior for Input to API
476|NULL Pointer Dereference
480|Use of Incorrect Operator
481|Assigning instead of Comparing
488|Exposure of Data Element to Wrong Session
494|Download of Code Without Integrity Check
497|Exposure of Sensitive System Information to an Unauthorized Control Sphere
501|Trust Boundary Violation
502|Deserialization of Untrusted Data
521|Weak Password Requirements
522|Insufficiently Protected Credentials
523|Unprotected Transport of Credentials
524|Use of Cache Containing Sensitive Information
532|Insertion of Sensitive Information into Log File
538|Insertion of Sensitive Information into Externally-Accessible File or Directory
540|Inclusion of Sensitive Information in Source Code
547|Use of Hard-coded, Security-relevant Constants
552|Files or Directories Accessible to External Parties
561|Dead Code
562|Return of Stack Variable Address
564|SQL Injection: Hibernate
565|Reliance on Cookies without Validation and Integrity Checking
567|Unsynchronized Access to Shared Data in a Multithreaded Context
590|Free of Memory not on the Heap
598|Use of GET Request Method With Sensitive Query Strings
601|URL Redirection to Untrusted Site ('Open Redirect')
606|Unchecked Input for Loop Condition
610|Externally Controlled Reference to a Resource in Another Sphere
611|Improper Restriction of XML External Entity Reference
613|Insufficient Session Expiration
614|Sensitive Cookie in HTTPS Session Without 'Secure' Attribute
617|Reachable Assertion
620|Unverified Password Change
636|Not Failing Securely ('Failing Open')
639|Authorization Bypass Through User-Controlled Key
640|Weak Password Recovery Mechanism for Forgotten Password
641|Improper Restriction of Names for Files and Other Resources
642|External Control of Critical State Data
643|Improper Neutralization of Data within XPath Expressions ('XPath Injection')
644|Improper Neutralization of HTTP Headers for Scripting Syntax
647|Use of Non-Canonical URL Paths for Authorization Decisions
648|Incorrect Use of Privileged APIs
650|Trusting HTTP Permission Methods on the Server Side
652|Improper Neutralization of Data within XQuery Expressions ('XQuery Injection')
662|Improper Synchronization
664|Improper Control of a Resource Through its Lifetime
665|Improper Initialization
667|Improper Locking
668|Exposure of Resource to Wrong Sphere
669|Incorrect Resource Transfer Between Spheres
670|Always-Incorrect Control Flow Implementation
672|Operation on a Resource after Expiration or Release
674|Uncontrolled Recursion
680|Integer Overflow to Buffer Overflow
681|Incorrect Conversion between Numeric Types
682|Incorrect Calculation
684|Incorrect Provision of Specified Functionality
690|Unchecked Return Value to NULL Pointer Dereference
691|Insufficient Control Flow Management
693|Protection Mechanism Failure
694|Use of Multiple Resources with Duplicate Identifier
696|Incorrect Behavior Order
697|Incorrect Comparison
703|Improper Check or Handling of Exceptional Conditions
704|Incorrect Type Conversion or Cast
706|Use of Incorrectly-Resolved Name or Reference
707|Improper Neutralization
710|Improper Adherence to Coding Standards
732|Incorrect Permission Assignment for Critical Resource
749|Exposed Dangerous Method or Function
754|Improper Check for Unusual or Exceptional Conditions
755|Improper Handling of Exceptional Conditions
757|Selection of Less-Secure Algorithm During Negotiation ('Algorithm Downgrade')
758|Reliance on Undefined, Unspecified, or Implementation-Defined Behavior
759|Use of a One-Way Hash without a Salt
760|Use of a One-Way Hash with a Predictable Salt
761|Free of Pointer not at Start of Buffer
762|Mismatched Memory Management Routines
763|Release of Invalid Pointer or Reference
764|Multiple Locks of a Critical Resource
765|Multiple Unlocks of a Critical Resource
770|Allocation of Resources Without Limits or Throttling
771|Missing Reference to Active Allocated Resource
772|Missing Release of Resource after Effective Lifetime
773|Missing Reference to Active File Descriptor or Handle
774|Allocation of File Descriptors or Handles Without Limits or Throttling
775|Missing Release of File Descriptor or Handle after Effective Lifetime
776|Improper Restriction of Recursive Entity References in DTDs ('XML Entity Expansion')
777|Regular Expression without Anchors
778|Insufficient Logging
779|Logging of Excessive Data
780|Use of RSA Algorithm without OAEP
783|Operator Precedence Logic Error
785|Use of Path Manipulation Function without Maximum-sized Buffer
786|Access of Memory Location Before Start of Buffer
787|Out-of-bounds Write
788|Access of Memory Location After End of Buffer
789|Memory Allocation with Excessive Size Value
790|Improper Filtering of Special Elements
791|Incomplete Filtering of Special Elements
798|Use of Hard-coded Credentials
799|Improper Control of Interaction Frequency
805|Buffer Access with Incorrect Length Value
806|Buffer Access Using Size of Source Buffer
807|Reliance on Untrusted Inputs in a Security Decision
820|Missing Synchronization
821|Incorrect Synchronization
822|Untrusted Pointer Dereference
823|Use of Out-of-range Pointer Offset
824|Access of Uninitialized Pointer
825|Expired Pointer Dereference
826|Premature Release of Resource During Expected Lifetime
828|Signal Handler with Functionality that is not Asynchronous-Safe
829|Inclusion of Functionality from Untrusted Control Sphere
830|Inclusion of Web Functionality from an Untrusted Source
831|Signal Handler Function Associated with Multiple Signals
832|Unlock of a Resource that is not Locked
833|Deadlock
834|Excessive Iteration
835|Loop with Unreachable Exit Condition ('Infinite Loop')
838|Inappropriate Encoding for Output Context
839|Numeric Range Comparison Without Minimum Check
841|Improper Enforcement of Behavioral Workflow
842|Placement of User into Incorrect Group
843|Access of Resource Using Incompatible Type ('Type Confusion')
862|Missing Authorization
863|Incorrect Authorization
908|Use of Uninitialized Resource
909|Missing Initialization of Resource
910|Use of Expired File Descriptor
911|Improper Update of Reference Count
912|Hidden Functionality
913|Improper Control of Dynamically-Managed Code Resources
914|Improper Control of Dynamically-Identified Variables
915|Improperly Controlled Modification of Dynamically-Determined Object Attributes
916|Use of Password Hash With Insufficient Computational Effort
917|Improper Neutralization of Special Elements used in an Expression Language Statement ('Expression Language Injection')
918|Server-Side Request Forgery (SSRF)
920|Improper Restriction of Power Consumption
921|Storage of Sensitive Data in a Mechanism without Access Control
922|Insecure Storage of Sensitive Information
923|Improper Restriction of Communication Channel to Intended Endpoints
924|Improper Enforcement of Message Integrity During Transmission in a Communication Channel
926|Improper Export of Android Application Components
927|Use of Implicit Intent for Sensitive Communication
940|Improper Verification of Source of a Communication Channel
941|Incorrectly Specified Destination in a Communication Channel
942|Permissive Cross-domain Policy with Untrusted Domains
943|Improper Neutralization of Special Elements in Data Query Logic
1004|Sensitive Cookie Without 'HttpOnly' Flag
1021|Improper Restriction of Rendered UI Layers or Frames
1023|Incomplete Comparison with Missing Factors
1025|Comparison Using Wrong Factors
1188|Initialization of a Resource with an Insecure Default
1189|Improper Isolation of Shared Resources on System-on-a-Chip (SoC)
1191|On-Chip Debug and Test Interface With Improper Access Control
1220|Insufficient Granularity of Access Control
1230|Exposure of Sensitive Information Through Metadata
1236|Improper Neutralization of Formula Elements in a CSV File
1240|Use of a Cryptographic Primitive with a Risky Implementation
1241|Use of Predictable Algorithm in Random Number Generator
1254|Incorrect Comparison Logic Granularity
1255|Comparison Logic is Vulnerable to Power Side-Channel Attacks
1256|Improper Restriction of Software Interfaces to Hardware Features
1257|Improper Access Control Applied to Mirrored or Aliased Memory Regions
1258|Exposure of Sensitive System Information Due to Uncleared Debug Information
1259|Improper Restriction of Security Token Assignment
1275|Sensitive Cookie with Improper SameSite Attribute
1284|Improper Validation of Specified Quantity in Input
1285|Improper Validation of Specified Index, Position, or Offset in Input
1286|Improper Validation of Syntactic Correctness of Input
1287|Improper Validation of Specified Type of Input
1288|Improper Validation of Consistency within Input
1289|Improper Validation of Unsafe Equivalence in Input
1300|Improper Protection of Physical Side Channels
1321|Improperly Controlled Modification of Object Prototype Attributes ('Prototype Pollution')
1325|Improperly Controlled Sequential Memory Allocation
1327|Binding to an Unrestricted IP Address
1333|Inefficient Regular Expression Complexity
1335|Incorrect Bitwise Shift of Integer
1336|Improper Neutralization of Special Elements Used in a Template Engine
1339|Insufficient Precision or Accuracy of a Real Number
1341|Multiple Releases of Same Resource or Handle
1342|Information Exposure through Microarchitectural State after Transient Execution
1385|Missing Origin Validation in WebSockets
1386|Insecure Operation on Windows Junction / Mount Point
1389|Incorrect Parsing of Numbers with Different Radices
1390|Weak Authentication
1391|Use of Weak Credentials
1392|Use of Default Credentials
`;

const names = new Map<string, string>(
  table
    .trim()
    .split('\n')
    .map((line) => [`CWE-${line.slice(0, line.indexOf('|'))}`, line.slice(line.indexOf('|') + 1)] as const),
);

export function weaknessName(cwe: string): string | undefined {
  return names.get(cwe);
}

export function knownWeaknesses(): readonly string[] {
  return [...names.keys()];
}
